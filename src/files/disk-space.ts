import { UserError } from "../errors/user-error.ts";

/** What the C library says of ENOSPC (errno(3)), in whatever program: ours run in English. */
const NO_SPACE = /no space left on device/i;

export function saysDiskFull(text: string): boolean {
  return NO_SPACE.test(text);
}

/**
 * Does work that writes below a folder. The system's own error tells neither which file could not be written nor where.
 *
 * @throws UserError DISK_FULL
 */
export async function onDiskOf<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC" || code === "EDQUOT") throw new UserError("DISK_FULL", { folder }, { cause: error });
    throw error;
  }
}
