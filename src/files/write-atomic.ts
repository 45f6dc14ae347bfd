import { chmod, rename, rm, writeFile } from "node:fs/promises";

/**
 * Writes a file whole or not at all: on the disk under another name first, then renamed. Node's own writeFile goes on after
 * a short write, as on a disk that fills up, where the usual packages take it for a whole one.
 *
 * @param path in a folder that no other command of ours writes to meanwhile
 */
export async function writeAtomic(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  try {
    await writeFile(draft, text, { flush: true });
    // Whatever the umask: containers read these files under users of their own; nothing secret is ever among them.
    await chmod(draft, 0o644);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
