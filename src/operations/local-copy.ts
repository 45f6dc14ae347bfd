import { cp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { withFolderLock } from "../adapters/file-lock.ts";
import { UserError } from "../errors/user-error.ts";
import { onDiskOf } from "../files/disk-space.ts";
import { exists } from "../files/exists.ts";
import { openToAll } from "../files/open-to-all.ts";
import { listTree } from "../files/tree.ts";
import { writeAtomic } from "../files/write-atomic.ts";
import { nearest } from "../instance/diagnostics.ts";
import { parseInstanceFile } from "../instance/document.ts";
import { withSetting } from "../instance/edit.ts";
import { describeSource, type Instance, openInstance } from "../instance/instance.ts";
import { OWN_LOCAL } from "../instance/local.ts";
import { requireLock, writeLock } from "../instance/lock.ts";
import { PROFILES } from "../instance/profiles.ts";
import { sourceVersion } from "../release/source.ts";
import type { Context } from "./context.ts";
import { withPrivateFolder } from "./private-folder.ts";
import { resolveSource, stageSource, withSource } from "./resolve-source.ts";

/** What came of a copy. */
export interface LocalCopy {
  folder: string;
  /** The folder of the source that it was copied from, and the version of the source. */
  from: string;
  version: string;
}

/**
 * Gives an instance a local folder of its own, copied from one of the source's, and has instance.yaml say so. The copy is of
 * the very code that the instance runs: the commit of the lock, which is looked up here if it was not before.
 *
 * @param from the name of the source's folder; the profile's unless given
 * @throws UserError LOCAL_EXISTS, LOCAL_FROM_IMAGE, LOCAL_NOT_IN_SOURCE, LOCK_MISSING, INSTANCE_BUSY, those of the source,
 *   and those of instance.yaml
 */
export async function copyLocal(context: Context, name: string, from: string | undefined): Promise<LocalCopy> {
  const { paths } = await openInstance(context.home, name);
  return onDiskOf(paths.folder, () =>
    withFolderLock(context.processes, paths.folder, async () =>
      copyInto(context, await openInstance(context.home, name), from),
    ),
  );
}

async function copyInto(context: Context, instance: Instance, from: string | undefined): Promise<LocalCopy> {
  const { paths, profile } = instance;
  if (await exists(paths.local)) throw new UserError("LOCAL_EXISTS", { folder: paths.local, name: instance.name });
  const wanted = from ?? String(PROFILES[profile].application.local);
  const lock = await requireLock(paths.lock);
  const source = await resolveSource(context, instance, lock);
  if (source.kind === "image") throw new UserError("LOCAL_FROM_IMAGE", { image: source.image, folder: paths.local });
  await writeLock(paths.lock, withSource(lock, source));

  const version = sourceVersion(source);
  await withPrivateFolder(lock.uuid, async (folder) => {
    const code = join(folder, "source");
    await mkdir(code);
    await context.progress.step("source", version, () => stageSource(context, instance, source, code));
    const candidates = await localFolders(code);
    if (!candidates.includes(wanted)) {
      const suggestion = nearest(wanted, candidates);
      const parameters = { source: describeSource(instance), local: wanted, known: candidates, suggestion };
      throw new UserError("LOCAL_NOT_IN_SOURCE", parameters);
    }
    const draft = `${paths.local}.new`;
    await rm(draft, { recursive: true, force: true });
    await cp(join(code, wanted), draft, { recursive: true, verbatimSymlinks: true });
    await openToAll(draft);
    await rename(draft, paths.local);
  });
  const before = await readFile(paths.file, "utf8");
  const after = withSetting(before, paths.file, ["application", "local"], OWN_LOCAL);
  parseInstanceFile(after, paths.file);
  await writeAtomic(paths.file, after);
  return { folder: paths.local, from: wanted, version };
}

/** The folders of a source that can be a local folder: those that have its settings and its conf.ini. */
async function localFolders(code: string): Promise<string[]> {
  const files = new Set(await listTree(code, (path) => path.split("/").length > 2));
  const folders = [...files].filter((path) => path.endsWith("/conf.ini")).map((path) => path.replace("/conf.ini", ""));
  return folders.filter((folder) => files.has(`${folder}/settings.py`));
}
