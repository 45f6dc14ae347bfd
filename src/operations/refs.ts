import { listRefs, type RemoteRef } from "../adapters/git-refs.ts";
import { UserError } from "../errors/user-error.ts";
import { settingProblem } from "../instance/choices.ts";
import { DEVELOPMENT_BRANCH, type Instance, openInstance } from "../instance/instance.ts";
import { readLock } from "../instance/lock.ts";
import { PROFILES } from "../instance/profiles.ts";
import type { Source } from "../instance/schema.ts";
import type { Context } from "./context.ts";
import { gitKey } from "./git-key.ts";

/** A branch or tag that a source can be set to. */
export interface ListedRef extends RemoteRef {
  /** The instance's source names it. */
  used: boolean;
  /** It means the commit that the instance stays on. */
  locked: boolean;
  /** Where the source names none, it means this one. */
  default: boolean;
  /** Not to be used in production. */
  development: boolean;
}

export interface RefList {
  git: string;
  instance: string | null;
  /** What the instance's source names; null where that is nothing. */
  ref: string | null;
  /** The commit that the instance stays on; null where there is none yet. */
  commit: string | null;
  /** The newest releases first, then branches. */
  refs: ListedRef[];
}

/**
 * The releases and branches of a repository, and which of them an instance uses.
 *
 * @param name of the instance; BiomAid's own repository is looked at when neither it nor a source is given
 * @param asked another source than the instance's
 * @throws UserError SOURCE_WITHOUT_REFS, SETTING_INVALID, LOGIN_IN_URL, and those of the repository
 */
export async function refs(context: Context, name: string | undefined, asked: Source | undefined): Promise<RefList> {
  if (asked !== undefined) requireValid(asked);
  const instance = name === undefined ? undefined : await openInstance(context.home, name);
  const source = asked ?? instance?.settings.source ?? PROFILES.production.source;
  const git = source.git ?? source.path;
  if (git === undefined) throw new UserError("SOURCE_WITHOUT_REFS", { source: source.image ?? "sample" });

  const key = instance && (await gitKey(instance.paths.secrets, instance.settings.source.key_file));
  const found = await listRefs(context.processes, git, key);
  const { ref, commit } = await usedBy(instance, git);
  const wanted = ref ?? (instance?.settings.source.git === git ? found.defaultBranch : undefined);
  return {
    git,
    instance: name ?? null,
    ref,
    commit,
    refs: found.refs.map((each) => ({
      ...each,
      used: each.name === wanted,
      locked: each.commit === commit,
      default: each.kind === "branch" && each.name === found.defaultBranch,
      development: each.kind === "branch" && each.name === DEVELOPMENT_BRANCH,
    })),
  };
}

function requireValid({ git, path }: Source): void {
  if (git === undefined) {
    if (path === undefined) return;
    if (settingProblem("source.path", path) !== undefined)
      throw new UserError("SETTING_INVALID", { option: "--source", value: path });
    return;
  }
  const problem = settingProblem("source.git", git);
  // Not shown: it may hold a password.
  if (problem?.kind === "rule") throw new UserError("LOGIN_IN_URL", { option: "--source" });
  if (problem !== undefined) throw new UserError("SETTING_INVALID", { option: "--source", value: git });
}

async function usedBy(
  instance: Instance | undefined,
  git: string,
): Promise<{ ref: string | null; commit: string | null }> {
  if (instance === undefined) return { ref: null, commit: null };
  const { source } = instance.settings;
  const locked = (await readLock(instance.paths.lock))?.source;
  return {
    ref: (source.git ?? source.path) === git ? (source.ref ?? null) : null,
    commit: locked?.git === git ? locked.commit : null,
  };
}
