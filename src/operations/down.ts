import { withFolderLock } from "../adapters/file-lock.ts";
import { UserError } from "../errors/user-error.ts";
import type { DataPlaces } from "../instance/data-places.ts";
import { openInstance } from "../instance/instance.ts";
import { readLock, writeLock } from "../instance/lock.ts";
import type { Context } from "./context.ts";
import { requireOwnProject } from "./ownership.ts";
import { removePrivateFolders } from "./private-folder.ts";

export interface DownOptions {
  /** Delete the volumes too: database, uploaded files, logs. */
  volumes: boolean;
}

/**
 * Where an instance's data are that `down --volumes` does not touch: on which server, in which folders.
 *
 * @throws UserError INSTANCE_NOT_FOUND, INSTANCE_FILE_INVALID, LOCK_FILE_INVALID
 */
export async function dataElsewhere(context: Context, name: string): Promise<DataPlaces> {
  const { paths } = await openInstance(context.home, name);
  // Not the settings: no `up` may have followed them yet.
  return ((await readLock(paths.lock))?.data ?? {}) as DataPlaces;
}

/**
 * Removes the containers and networks of an instance. Its folder stays, and its data unless `volumes` is asked for: those
 * on Docker's own volumes, never those on a server or in a folder of the operator's.
 *
 * @throws UserError DOWN_FAILED, ENGINE_UNREACHABLE
 */
export async function down(context: Context, name: string, options: DownOptions): Promise<void> {
  const instance = await openInstance(context.home, name);
  await withFolderLock(context.processes, instance.paths.folder, async () => {
    const { lock } = await requireOwnProject(context, instance);
    await removePrivateFolders(lock.uuid);
    await context.progress.step(options.volumes ? "removeAll" : "remove", name, async () => {
      const { exitStatus, errors } = await context.compose(instance.paths.folder).down(options);
      if (exitStatus === 0) return;
      await (await context.docker()).ping();
      throw new UserError("DOWN_FAILED", { name, lines: errors.trim().split("\n").slice(-10) });
    });
    if (options.volumes && lock.data?.database === undefined) {
      const { fixtures: _, ...rest } = lock;
      await writeLock(instance.paths.lock, rest);
    }
  });
}
