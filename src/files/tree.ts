import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { digestOf } from "./digest.ts";

/**
 * The files and links below a folder, as sorted relative paths.
 *
 * @throws UserError FILE_NAME_UNREADABLE
 * @param excluded tells whether a relative path, and all that is below it, is left out
 */
export async function listTree(root: string, excluded: (path: string) => boolean = () => false): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (excluded(path)) continue;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile() || entry.isSymbolicLink()) found.push(path);
    }
  };
  await visit("");
  requireReadable(root, found);
  return found.sort();
}

/**
 * Node and git's output have U+FFFD for what is not UTF-8 in a name: such a file can be listed, and then not be found.
 *
 * @throws UserError FILE_NAME_UNREADABLE
 */
export function requireReadable(folder: string, paths: readonly string[]): void {
  const file = paths.find((path) => path.includes("\uFFFD"));
  if (file !== undefined) throw new UserError("FILE_NAME_UNREADABLE", { folder, file });
}

/** Digest of the named files' paths, executable bits and contents; of a link, where it points. */
export async function digestTree(root: string, paths: readonly string[]): Promise<string> {
  const parts: (string | Uint8Array)[] = [];
  for (const path of paths) {
    const full = join(root, path);
    const status = await lstat(full);
    if (status.isSymbolicLink()) parts.push(path, "link", await readlink(full));
    else parts.push(path, status.mode & 0o100 ? "executable" : "file", await readFile(full));
  }
  return digestOf(...parts);
}
