import { chmod, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { GitCache } from "../adapters/git.ts";
import { UserError } from "../errors/user-error.ts";
import { exists } from "../files/exists.ts";
import { openToAll } from "../files/open-to-all.ts";
import type { Instance } from "../instance/instance.ts";
import { localCheckout, localFolder, localRepository } from "../instance/local.ts";
import type { Lock } from "../instance/lock.ts";
import type { Context } from "./context.ts";
import { gitCache } from "./git-key.ts";

/**
 * The lock with the commit of the local folder's repository, for an instance that has one. Like a source's, its ref is looked
 * up once: from then on the lock says which commit it is.
 *
 * @param again whether to look the ref up anew
 * @throws UserError SOURCE_UNREACHABLE, SOURCE_REFUSED, REF_NOT_FOUND, DISK_FULL, SOURCE_KEY_MISSING, GIT_LOGIN_REFUSED,
 *   GIT_HOST_UNKNOWN, GIT_HOST_CHANGED
 */
export async function resolveLocal(context: Context, instance: Instance, lock: Lock, again = false): Promise<Lock> {
  const { local: locked, ...rest } = lock;
  const repository = localRepository(instance);
  if (repository === undefined) return rest;
  const { git, ref } = repository;
  if (!again && locked?.git === git && locked.ref === ref) return lock;
  const commit = await (await localCache(context, instance, git)).resolve(ref);
  return { ...rest, local: { git, ref, commit } };
}

/**
 * Sees to it that the commit of the lock is checked out where the containers look for it, as it is in the repository.
 *
 * @throws UserError LOCAL_CHECKOUT_EDITED, and those of a git source
 */
export async function checkOutLocal(context: Context, instance: Instance, lock: Lock): Promise<void> {
  if (lock.local === undefined) return;
  const { git, commit } = lock.local;
  const folder = localCheckout(instance, commit);
  const cache = await localCache(context, instance, git);
  if (await exists(folder)) {
    const files = await cache.changes(commit, folder);
    if (files.length > 0) throw new UserError("LOCAL_CHECKOUT_EDITED", { folder, files, git });
    return;
  }
  // Whole or not at all, and readable by the containers whatever the umask.
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await cache.checkout(commit, draft);
  await rm(`${draft}.index`);
  await chmod(instance.paths.checkouts, 0o755);
  await openToAll(draft);
  await rename(draft, folder);
}

/** Removes the commits that no container uses any more. */
export async function removeFormerCheckouts(instance: Instance, lock: Lock): Promise<void> {
  const { checkouts } = instance.paths;
  if (!(await exists(checkouts))) return;
  const kept = localFolder(instance, lock);
  for (const name of await readdir(checkouts)) {
    const folder = join(checkouts, name);
    if (folder !== kept) await rm(folder, { recursive: true, force: true });
  }
}

function localCache(context: Context, instance: Instance, git: string): Promise<GitCache> {
  return gitCache(context, instance, git, localRepository(instance)?.key_file);
}
