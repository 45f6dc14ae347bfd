import { withFolderLock } from "../adapters/file-lock.ts";
import { UserError } from "../errors/user-error.ts";
import { openInstance } from "../instance/instance.ts";
import { writeLock } from "../instance/lock.ts";
import type { Context } from "./context.ts";
import { requireOwnProject } from "./ownership.ts";
import { removePrivateFolders } from "./private-folder.ts";

export interface DownOptions {
  /** Delete the volumes too: database, uploaded files, logs. */
  volumes: boolean;
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
