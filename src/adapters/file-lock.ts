import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import type { ProcessRunner } from "./process.ts";

/**
 * Keeps a second command off an instance while one changes it.
 *
 * @throws UserError INSTANCE_BUSY when another command holds the lock, TOOL_MISSING
 */
export async function withFolderLock<T>(processes: ProcessRunner, folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, ".lock");
  await using file = await open(path, "a");
  if (!(await lock(processes, file, ["-n"]))) {
    throw new UserError("INSTANCE_BUSY", { folder, process: (await readFile(path, "utf8")).trim() });
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
 * @throws UserError TOOL_MISSING
 */
export async function withCacheLock<T>(
  processes: ProcessRunner,
  path: string,
  work: (descriptor: number) => Promise<T>,
): Promise<T> {
  await using file = await open(path, "a");
  await lock(processes, file, []);
  return await work(file.fd);
}

/**
 * The lock is the kernel's (flock(2)), which Node has no call for. flock(1) locks the open file that it inherits: that
 * stays open here, and the lock ends with this process, however this one ends.
 */
async function lock(processes: ProcessRunner, file: FileHandle, options: string[]): Promise<boolean> {
  const { exitStatus, missing } = await processes.run("flock", [...options, "0"], { stdin: file.fd });
  if (missing) throw new UserError("TOOL_MISSING", { tool: "flock", package: "util-linux" });
  return exitStatus === 0;
}
