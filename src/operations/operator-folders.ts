import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { exists } from "../files/exists.ts";
import { permits } from "../files/permits.ts";
import type { Instance } from "../instance/instance.ts";
import { localFolder } from "../instance/local.ts";
import type { Lock } from "../instance/lock.ts";
import { isLeftOut } from "../release/source.ts";
import { USERS } from "../stack/input.ts";
import { requireApart } from "./require-apart.ts";

/** The folders that the operator keeps and that containers read; undefined where there is no such folder. */
export interface OperatorFolders {
  local: string | undefined;
  settings: string | undefined;
}

/** What every local folder has, upstream's own ones as well: its settings, and what the pages and jobs are made with. */
const LOCAL_FILES = [
  "settings.py",
  "conf.ini",
  "config.toml",
  "static/local/favicon.ico",
  "static/local/css/default.css",
];

/** @throws UserError LOCAL_MISSING */
export async function operatorFolders(instance: Instance, lock: Lock): Promise<OperatorFolders> {
  const { paths } = instance;
  const local = localFolder(instance, lock);
  if (local !== undefined && !(await exists(local)))
    throw new UserError("LOCAL_MISSING", { folder: local, path: paths.file, name: instance.name });
  return { local, settings: (await exists(paths.settings)) ? paths.settings : undefined };
}

/** What Python and git keep for themselves in such a folder. */
export function isByproduct(path: string): boolean {
  return path.split("/").some((part) => part === ".git" || part === "__pycache__");
}

/**
 * Makes sure that these folders are whole, and that the containers' user can read them: files keep their owner and mode
 * there, and an umask of 077 closes them to everybody but the operator.
 *
 * @throws UserError LOCAL_MISSING, LOCAL_INCOMPLETE, FOLDER_CLOSED, HOST_FOLDER_REFUSED
 */
export async function requireReadableFolders(instance: Instance, lock: Lock): Promise<void> {
  const { local, settings } = await operatorFolders(instance, lock);
  if (local !== undefined) {
    await requireApart(instance, "application.local", local);
    await requireLocalFiles(local);
  }
  const { application, source } = instance.settings;
  const mounted = application.reload ? source.path : undefined;
  for (const folder of [local, settings, mounted]) {
    if (folder === undefined) continue;
    const closed = await firstClosed(folder, folder === mounted ? isLeftOut : isByproduct);
    if (closed !== undefined) throw new UserError("FOLDER_CLOSED", { file: closed, folder });
  }
}

async function requireLocalFiles(folder: string): Promise<void> {
  const there = await Promise.all(LOCAL_FILES.map((path) => exists(join(folder, path))));
  const files = LOCAL_FILES.filter((_, index) => !there[index]);
  if (files.length > 0) throw new UserError("LOCAL_INCOMPLETE", { folder, files });
}

/** @param excluded tells whether a relative path, and all that is below it, is of no interest */
async function firstClosed(folder: string, excluded: (path: string) => boolean): Promise<string | undefined> {
  const visit = async (path: string): Promise<string | undefined> => {
    const full = join(folder, path);
    if (!(await isOpen(full))) return full;
    if (!(await lstat(full)).isDirectory()) return undefined;
    for (const name of await readdir(full)) {
      const inner = path === "" ? name : `${path}/${name}`;
      const closed = excluded(inner) ? undefined : await visit(inner);
      if (closed !== undefined) return closed;
    }
    return undefined;
  };
  return visit("");
}

/** A link has no bits of its own. */
async function isOpen(path: string): Promise<boolean> {
  const status = await lstat(path);
  return status.isSymbolicLink() || permits(status, USERS.app, status.isDirectory() ? 0o5 : 0o4);
}
