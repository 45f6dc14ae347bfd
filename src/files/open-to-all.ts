import { chmod, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Lets everybody read a folder and all that is in it, as the users of containers have to, whatever the umask was. */
export async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) continue;
    await chmod(path, ((await stat(path)).mode & 0o777) | (entry.isDirectory() ? 0o755 : 0o644));
  }
}
