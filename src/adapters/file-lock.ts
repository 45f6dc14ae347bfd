import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../errors/user-error.ts";
import { exists } from "../files/exists.ts";
import type { ProcessRunner } from "./process.ts";

/** Ten looks of 50 ms: the holder's next step after the lock is to write its number. */
const HOLDER_LOOKS = 10;
const HOLDER_LOOK_EVERY = 50;

/**
 * Keeps a second command off an instance while one changes it.
 *
 * @throws UserError INSTANCE_BUSY when another command holds the lock, TOOL_MISSING, FILE_REFUSED
 */
export async function withFolderLock<T>(processes: ProcessRunner, folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, ".lock");
  await using file = await open(path, "a");
  if (!(await lock(processes, path, file, ["-n"]))) {
    throw new UserError("INSTANCE_BUSY", { folder, process: await holder(path) });
  }
  // For the message to others only: a full disk must not keep an instance from being stopped.
  await file
    .truncate()
    .then(() => file.write(`${process.pid}\n`))
    .catch(() => {});
  return await work();
}

/**
 * Waits until no other command works on a file of the cache.
 *
 * @param work is told the descriptor of the lock: a program that inherits it keeps the lock even if this process is killed
 * @throws UserError TOOL_MISSING, FILE_REFUSED
 */
export async function withCacheLock<T>(
  processes: ProcessRunner,
  path: string,
  work: (descriptor: number) => Promise<T>,
): Promise<T> {
  await using file = await open(path, "a");
  await lock(processes, path, file, []);
  return await work(file.fd);
}

/**
 * The lock is the kernel's (flock(2)), which Node has no call for. flock(1) locks the open file that it inherits: that
 * stays open here, and the lock ends with this process, however this one ends.
 */
async function lock(processes: ProcessRunner, path: string, file: FileHandle, options: string[]): Promise<boolean> {
  const { exitStatus, missing, errors } = await processes.run("flock", [...options, "0"], { stdin: file.fd });
  if (missing) throw new UserError("TOOL_MISSING", { tool: "flock", package: "util-linux" });
  if (exitStatus === 0) return true;
  // flock(1): 1 is for a lock that another process holds. Some network file systems know no locks at all.
  if (exitStatus === 1) return false;
  throw new UserError("FILE_REFUSED", { detail: `${path}: ${errors.trim()}` });
}

/** Who holds the lock: it writes its number at once after it has got it. */
async function holder(path: string): Promise<string | undefined> {
  for (let look = 0; look < HOLDER_LOOKS; look++) {
    const pid = (await readFile(path, "utf8")).trim();
    if (pid !== "" && (await exists(`/proc/${pid}`))) return pid;
    await sleep(HOLDER_LOOK_EVERY);
  }
  return undefined;
}
