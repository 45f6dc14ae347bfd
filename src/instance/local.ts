import { join, resolve } from "node:path";
import type { Instance } from "./instance.ts";
import type { Lock } from "./lock.ts";

/** The setting of `application.local` that means the instance's own folder. */
export const OWN_LOCAL = "./local";

/** A git repository with the site's configuration. */
export interface LocalRepository {
  git: string;
  ref: string;
  key_file: string | undefined;
}

/** git's own name for what a repository's default branch is at. */
const DEFAULT_REF = "HEAD";

/** The name of a folder of the source that is the instance's local folder; undefined where it is another one. */
export function sourceLocal({ settings }: Instance): string | undefined {
  const { local } = settings.application;
  return typeof local === "string" && !local.includes("/") ? local : undefined;
}

/** The git repository that the local folder comes from; undefined where it comes from none. */
export function localRepository({ settings }: Instance): LocalRepository | undefined {
  const { local } = settings.application;
  return typeof local === "string"
    ? undefined
    : { git: local.git, ref: local.ref ?? DEFAULT_REF, key_file: local.key_file };
}

/**
 * The folder of this machine that the containers get as the local folder; undefined where they take one of the source's.
 *
 * @param lock which commit of a git repository it is
 */
export function localFolder(instance: Instance, lock: Lock): string | undefined {
  const { settings, paths } = instance;
  const { local } = settings.application;
  if (sourceLocal(instance) !== undefined) return undefined;
  if (typeof local === "string") return resolve(paths.folder, local);
  if (lock.local === undefined) throw new Error("a repository without a commit");
  return localCheckout(instance, lock.local.commit);
}

/** Each commit has a folder of its own: containers that run never see another one's files. */
export function localCheckout({ paths }: Instance, commit: string): string {
  return join(paths.checkouts, `local-${commit.slice(0, 12)}`);
}
