import { expectSuccess, type GitKey, runGit } from "./git-run.ts";
import type { ProcessRunner } from "./process.ts";

/** A branch or a tag of a repository, and the commit that it means. */
export interface RemoteRef {
  kind: "tag" | "branch";
  name: string;
  commit: string;
}

export interface RemoteRefs {
  /** Tags, those of the newest versions first; then branches. */
  refs: RemoteRef[];
  /** The branch that a source without ref means; undefined when HEAD is at none. */
  defaultBranch: string | undefined;
}

/**
 * The branches and tags of a repository, without fetching anything.
 *
 * @param url an address, or the folder of a repository
 * @throws UserError SOURCE_UNREACHABLE, SOURCE_REFUSED, GIT_LOGIN_REFUSED, GIT_HOST_UNKNOWN, GIT_HOST_CHANGED, GIT_MISSING
 */
export async function listRefs(processes: ProcessRunner, url: string, key?: GitKey): Promise<RemoteRefs> {
  // git's own order of versions: 0.14.10 is newer than 0.14.9.
  const args = ["ls-remote", "--symref", "--sort=-v:refname", "--", url, "HEAD", "refs/heads/*", "refs/tags/*"];
  const result = await runGit(processes, args, {}, key);
  expectSuccess(result, url, url);
  const lines = result.output.split("\n").map((line) => line.split("\t") as [string, string?]);
  const commits = new Map(lines.map(([commit, ref = ""]) => [ref, commit]));
  const named = (kind: RemoteRef["kind"], prefix: string): RemoteRef[] =>
    [...commits].flatMap(([ref, object]) => {
      if (!ref.startsWith(prefix) || ref.endsWith("^{}")) return [];
      // An annotated tag is an object of its own: git lists the commit under it, too.
      return [{ kind, name: ref.slice(prefix.length), commit: commits.get(`${ref}^{}`) ?? object }];
    });
  const head = lines.find(([target, ref]) => ref === "HEAD" && target.startsWith("ref: "))?.[0];
  return {
    refs: [...named("tag", "refs/tags/"), ...named("branch", "refs/heads/").reverse()],
    defaultBranch: head?.replace(/^ref: refs\/heads\//, ""),
  };
}
