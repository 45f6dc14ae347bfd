import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { exists } from "../files/exists.ts";
import type { Instance } from "../instance/instance.ts";
import { USERS } from "../stack/input.ts";

/** The setting of `application.local` that means the instance's own folder. */
const OWN_LOCAL = "./local";

/** The folders that the operator keeps and that containers read; undefined where there is no such folder. */
export interface OperatorFolders {
  local: string | undefined;
  settings: string | undefined;
}

/** @throws UserError LOCAL_MISSING */
export async function operatorFolders({ paths, settings }: Instance): Promise<OperatorFolders> {
  const own = settings.application.local === OWN_LOCAL;
  if (own && !(await exists(paths.local)))
    throw new UserError("LOCAL_MISSING", { folder: paths.local, path: paths.file });
  return {
    local: own ? paths.local : undefined,
    settings: (await exists(paths.settings)) ? paths.settings : undefined,
  };
}

/** What Python and git keep for themselves in such a folder. */
export function isByproduct(path: string): boolean {
  return path.split("/").some((part) => part === ".git" || part === "__pycache__");
}

/**
 * Makes sure that the containers' user can read these folders: files keep their owner and mode there, and an umask of
 * 077 closes them to everybody but the operator.
 *
 * @throws UserError LOCAL_MISSING, FOLDER_CLOSED
 */
export async function requireReadableFolders(instance: Instance): Promise<void> {
  const { local, settings } = await operatorFolders(instance);
  for (const folder of [local, settings]) {
    if (folder === undefined) continue;
    const closed = await firstClosed(folder);
    if (closed !== undefined) throw new UserError("FOLDER_CLOSED", { file: closed, folder });
  }
}

async function firstClosed(folder: string): Promise<string | undefined> {
  const entries = await readdir(folder, { recursive: true });
  for (const path of ["", ...entries.filter((entry) => !isByproduct(entry))]) {
    if (!(await isOpen(join(folder, path)))) return join(folder, path);
  }
  return undefined;
}

/** POSIX, XBD 4.7: the bits of the owner, else those of the group, else those of all others decide. A link has none. */
async function isOpen(path: string): Promise<boolean> {
  const status = await lstat(path);
  if (status.isSymbolicLink()) return true;
  const [user, group] = USERS.app.split(":").map(Number);
  const shift = status.uid === user ? 6 : status.gid === group ? 3 : 0;
  const wanted = status.isDirectory() ? 0o5 : 0o4;
  return ((status.mode >> shift) & wanted) === wanted;
}
