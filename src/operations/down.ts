import { withFolderLock } from "../adapters/file-lock.ts";
import { UserError } from "../errors/user-error.ts";
import { exists } from "../files/exists.ts";
import { openInstance } from "../instance/instance.ts";
import type { Context } from "./context.ts";
import { openOwnLock } from "./ownership.ts";
import { removePrivateFolders } from "./private-folder.ts";

export interface DownOptions {
  /** Delete the volumes too: database, uploaded files, logs. */
  volumes: boolean;
}

/**
 * Removes the containers and networks of an instance. Its folder stays, and its data unless `volumes` is asked for.
 *
 * @throws UserError DOWN_FAILED, ENGINE_UNREACHABLE
 */
export async function down(context: Context, name: string, options: DownOptions): Promise<void> {
  const instance = await openInstance(context.home, name);
  await withFolderLock(context.processes, instance.paths.folder, async () => {
    const { uuid } = await openOwnLock(context, instance);
    await removePrivateFolders(uuid);
    if (!(await exists(`${instance.paths.folder}/compose.yaml`))) return;
    await context.progress.step(options.volumes ? "removeAll" : "remove", name, async () => {
      const { exitStatus, errors } = await context.compose(instance.paths.folder).down(options);
      if (exitStatus === 0) return;
      await (await context.docker()).ping();
      throw new UserError("DOWN_FAILED", { name, lines: errors.trim().split("\n").slice(-10) });
    });
  });
}
