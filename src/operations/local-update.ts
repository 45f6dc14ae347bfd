import { withFolderLock } from "../adapters/file-lock.ts";
import { UserError } from "../errors/user-error.ts";
import { onDiskOf } from "../files/disk-space.ts";
import { openInstance } from "../instance/instance.ts";
import { localRepository } from "../instance/local.ts";
import { requireLock, writeLock } from "../instance/lock.ts";
import type { Context } from "./context.ts";
import { resolveLocal } from "./resolve-local.ts";

/** From which commit of the local folder's repository to which one. */
export interface LocalUpdate {
  git: string;
  ref: string;
  /** null where it was not looked up before. */
  before: string | null;
  commit: string;
}

/**
 * Looks up again what the ref of the local folder's repository means. What it comes to is in force from the next `up` on.
 *
 * @throws UserError LOCAL_NOT_GIT, LOCK_MISSING, INSTANCE_BUSY, and those of a git source
 */
export async function updateLocal(context: Context, name: string): Promise<LocalUpdate> {
  const { paths } = await openInstance(context.home, name);
  return onDiskOf(paths.folder, () =>
    withFolderLock(context.processes, paths.folder, async () => {
      const instance = await openInstance(context.home, name);
      const repository = localRepository(instance);
      if (repository === undefined) throw new UserError("LOCAL_NOT_GIT", { name, path: paths.file });
      const lock = await requireLock(paths.lock);
      const moved = await resolveLocal(context, instance, lock, true);
      await writeLock(paths.lock, moved);
      const commit = moved.local?.commit ?? "";
      const { git, ref } = repository;
      return { git, ref, before: lock.local?.commit ?? null, commit };
    }),
  );
}
