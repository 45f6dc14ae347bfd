import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { createGitCache, type GitCache } from "../adapters/git.ts";
import type { GitKey } from "../adapters/git-run.ts";
import { UserError } from "../errors/user-error.ts";
import { exists } from "../files/exists.ts";
import type { Instance } from "../instance/instance.ts";
import type { Context } from "./context.ts";

/** Beside the key: the hosts that it may be shown to, for those whom the operator's own known_hosts does not have. */
const KNOWN_HOSTS = "known_hosts";

/**
 * The private key that git uses for a source.
 *
 * @param secrets the instance's folder of secrets
 * @param file the name of the key's file there; undefined for what git is configured with
 * @throws UserError SOURCE_KEY_MISSING
 */
export async function gitKey(secrets: string, file: string | undefined): Promise<GitKey | undefined> {
  if (file === undefined) return undefined;
  const path = join(secrets, file);
  if (!(await exists(path))) throw new UserError("SOURCE_KEY_MISSING", { file: path });
  // ssh takes no key that anybody else may read; no container reads this one.
  await chmod(path, 0o600);
  return { folder: secrets, file, knownHosts: await exists(join(secrets, KNOWN_HOSTS)) };
}

/** The repository in the cache, read with the key that a setting names. */
export async function gitCache(
  context: Context,
  { paths }: Instance,
  git: string,
  keyFile: string | undefined,
): Promise<GitCache> {
  return createGitCache(context.processes, context.cache, git, await gitKey(paths.secrets, keyFile));
}
