import { lock } from "proper-lockfile";
import { UserError } from "../errors/user-error.ts";

/** After this many milliseconds without a sign of life, a lock counts as left behind by a process that was killed. */
const STALE_AFTER = 10_000;

/**
 * Keeps a second command off an instance while one changes it.
 *
 * @throws UserError INSTANCE_BUSY when another command holds the lock
 */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  let lost = false;
  const options = {
    stale: STALE_AFTER,
    lockfilePath: `${folder}/.lock`,
    // A machine that was suspended wakes up with a stale lock: what was begun is better finished than broken off.
    onCompromised: () => {
      lost = true;
    },
  };
  const release = await lock(folder, options).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ELOCKED") throw new UserError("INSTANCE_BUSY", { folder }, { cause: error });
    throw error;
  });
  try {
    return await work();
  } finally {
    if (!lost) await release();
  }
}
