import { lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { digestOf } from "../files/digest.ts";
import { exists } from "../files/exists.ts";
import { requireReadable } from "../files/tree.ts";
import type { ProcessRunner, RunResult } from "./process.ts";

/** git's own messages are read below: in English, and never waiting for a password that nobody will type. */
const ENVIRONMENT = { LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" };

/** Milliseconds for a repository's answer: a whole clone of BiomAid takes seconds, a slow proxy minutes. */
const FETCH_TIMEOUT = 600_000;

/** A bare repository in the cache that holds what was fetched from one address. */
export interface GitCache {
  /**
   * The commit that a branch, tag or commit of the repository means now.
   *
   * @throws UserError SOURCE_UNREACHABLE, REF_NOT_FOUND
   */
  resolve(ref: string): Promise<string>;
  /**
   * Writes the files of a commit, without history and without submodules, into an empty folder; git's index goes beside it.
   *
   * @throws UserError SOURCE_UNREACHABLE, REF_NOT_FOUND
   */
  checkout(commit: string, folder: string): Promise<void>;
}

export function createGitCache(processes: ProcessRunner, cache: string, url: string): GitCache {
  const repository = join(cache, "sources", `${digestOf(url).slice(0, 16)}.git`);
  const git = (...args: string[]): Promise<RunResult> => runGit(processes, ["--git-dir", repository, ...args]);

  const fetch = async (ref: string): Promise<void> => {
    if (!(await exists(repository))) {
      await mkdir(repository, { recursive: true });
      await expectSuccess(await runGit(processes, ["init", "--quiet", "--bare", repository]), url);
    }
    const result = await git(
      "fetch",
      "--quiet",
      "--force",
      "--depth=1",
      "--no-tags",
      "--no-recurse-submodules",
      "--",
      url,
      ref,
    );
    if (result.exitStatus === 0) return;
    if (/couldn't find remote ref|not our ref|no such remote ref/i.test(result.errors))
      throw new UserError("REF_NOT_FOUND", { git: url, ref });
    throw unreachable(url, result);
  };

  return {
    async resolve(ref) {
      await fetch(ref);
      const result = await git("rev-parse", "--verify", "FETCH_HEAD^{commit}");
      await expectSuccess(result, url);
      return result.output.trim();
    },
    async checkout(commit, folder) {
      const known = (await exists(repository)) && (await git("cat-file", "-e", `${commit}^{commit}`)).exitStatus === 0;
      if (!known) await fetch(commit);
      // An index of its own: two checkouts from one repository do not meet.
      const environment = { ...ENVIRONMENT, GIT_INDEX_FILE: `${folder}.index` };
      const args = [
        "--git-dir",
        repository,
        "--work-tree",
        folder,
        "checkout",
        "--quiet",
        "--force",
        commit,
        "--",
        ".",
      ];
      await expectSuccess(await processes.run("git", args, { environment }), url);
    },
  };
}

/**
 * The files of a checkout that git knows or would add: not those it ignores, not those that are gone, no submodule.
 *
 * @throws UserError FILE_NAME_UNREADABLE
 */
export async function listWorkTree(processes: ProcessRunner, folder: string): Promise<string[] | undefined> {
  const inside = await runGit(processes, ["-C", folder, "rev-parse", "--is-inside-work-tree"]);
  if (inside.exitStatus !== 0) return undefined;
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const listed = await runGit(processes, ["-C", folder, ...args]);
  const paths = listed.output.split("\0").filter((path) => path !== "");
  requireReadable(folder, paths);
  const present = await Promise.all(paths.map((path) => isFileOrLink(join(folder, path))));
  return paths.filter((_, index) => present[index]);
}

async function isFileOrLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (status) => status.isFile() || status.isSymbolicLink(),
    () => false,
  );
}

async function runGit(processes: ProcessRunner, args: string[]): Promise<RunResult> {
  const result = await processes.run("git", args, { environment: ENVIRONMENT, timeout: FETCH_TIMEOUT });
  if (result.missing) throw new UserError("GIT_MISSING", {});
  return result;
}

async function expectSuccess(result: RunResult, url: string): Promise<void> {
  if (result.exitStatus !== 0) throw unreachable(url, result);
}

function unreachable(url: string, result: RunResult): UserError {
  return new UserError("SOURCE_UNREACHABLE", { git: url, detail: result.errors.trim().split("\n").at(-1) ?? "" });
}
