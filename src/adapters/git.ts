import { randomUUID } from "node:crypto";
import { lstat, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { digestOf } from "../files/digest.ts";
import { onDiskOf } from "../files/disk-space.ts";
import { exists } from "../files/exists.ts";
import { requireReadable } from "../files/tree.ts";
import { withCacheLock } from "./file-lock.ts";
import { expectSuccess, type GitKey, refused, runGit } from "./git-run.ts";
import type { ProcessRunner, RunResult } from "./process.ts";

/** A bare repository in the cache that holds what was fetched from one address. */
export interface GitCache {
  /**
   * The commit that a branch, tag or commit of the repository means now.
   *
   * @throws UserError SOURCE_UNREACHABLE, SOURCE_REFUSED, REF_NOT_FOUND, DISK_FULL, GIT_LOGIN_REFUSED, GIT_HOST_UNKNOWN,
   *   GIT_HOST_CHANGED
   */
  resolve(ref: string): Promise<string>;
  /**
   * Writes the files of a commit, without history and without submodules, into an empty folder; git's index goes beside it.
   *
   * @throws UserError SOURCE_UNREACHABLE, SOURCE_REFUSED, REF_NOT_FOUND, DISK_FULL, GIT_LOGIN_REFUSED, GIT_HOST_UNKNOWN,
   *   GIT_HOST_CHANGED
   */
  checkout(commit: string, folder: string): Promise<void>;
  /**
   * The text of one file of a commit; undefined where there is none of that path.
   *
   * @throws UserError SOURCE_UNREACHABLE, SOURCE_REFUSED, REF_NOT_FOUND, DISK_FULL
   */
  read(commit: string, path: string): Promise<string | undefined>;
  /**
   * The files of a checkout that are not as the commit has them, changed, new or gone; none, too, of a commit that is not
   * in the cache any more.
   */
  changes(commit: string, folder: string): Promise<string[]>;
}

/** @param key shown to a host reached by ssh, in place of what git is configured with */
export function createGitCache(processes: ProcessRunner, cache: string, url: string, key?: GitKey): GitCache {
  const repository = join(cache, "sources", `${digestOf(url).slice(0, 16)}.git`);
  const git = (...args: string[]): Promise<RunResult> => runGit(processes, ["--git-dir", repository, ...args]);

  const fetch = async (ref: string): Promise<string> => {
    // The code may be nobody else's business.
    await onDiskOf(cache, () => mkdir(repository, { recursive: true, mode: 0o700 }));
    return withCacheLock(processes, `${repository}.lock`, async (descriptor) => {
      // Whoever held this one was killed: nobody but us is at work in this repository now.
      await rm(join(repository, "shallow.lock"), { force: true });
      const options = { stdin: descriptor };
      expectSuccess(await runGit(processes, ["init", "--quiet", "--bare", repository], options), url, cache);
      const args = ["fetch", "--quiet", "--force", "--depth=1", "--no-tags", "--no-recurse-submodules", "--", url, ref];
      const result = await runGit(processes, ["--git-dir", repository, ...args], options, key);
      if (/couldn't find remote ref|not our ref|no such remote ref/i.test(result.errors))
        throw new UserError("REF_NOT_FOUND", { git: url, ref });
      expectSuccess(result, url, cache);
      // Within the lock: the next one to fetch writes another commit there.
      const fetched = await git("rev-parse", "--verify", "FETCH_HEAD^{commit}");
      expectSuccess(fetched, url, cache);
      return fetched.output.trim();
    });
  };

  const has = async (object: string): Promise<boolean> => (await git("cat-file", "-e", object)).exitStatus === 0;

  const knows = async (commit: string): Promise<boolean> =>
    (await exists(repository)) && (await has(`${commit}^{commit}`));

  const ensure = async (commit: string): Promise<void> => {
    if (!(await knows(commit))) await fetch(commit);
  };

  return {
    resolve: fetch,
    async checkout(commit, folder) {
      await ensure(commit);
      // An index of its own: two checkouts from one repository do not meet.
      const environment = { GIT_INDEX_FILE: `${folder}.index` };
      const args = [
        ...["-c", "submodule.recurse=false"],
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
      expectSuccess(await runGit(processes, args, { environment }), url, dirname(folder));
    },
    async read(commit, path) {
      await ensure(commit);
      const object = `${commit}:${path}`;
      if (!(await has(object))) return undefined;
      const shown = await git("cat-file", "blob", object);
      expectSuccess(shown, url, cache);
      return shown.output;
    },
    async changes(commit, folder) {
      if (!(await knows(commit))) return [];
      const index = join(repository, `${randomUUID()}.index`);
      const options = { cwd: folder, environment: { GIT_INDEX_FILE: index } };
      const within = ["--git-dir", repository, "--work-tree", folder];
      try {
        expectSuccess(await runGit(processes, [...within, "read-tree", commit], options), url, cache);
        const listed = await runGit(processes, [...within, "add", "--all", "--dry-run", "."], options);
        expectSuccess(listed, url, folder);
        // add 'settings.py'
        return [...listed.output.matchAll(/^(?:add|remove) '(.*)'$/gm)].map(([, path = ""]) => path).sort();
      } finally {
        await rm(index, { force: true });
      }
    },
  };
}

/**
 * The files of a checkout that git knows or would add: not those it ignores, not those that are gone, no submodule.
 *
 * @returns undefined for a folder that is not in git
 * @throws UserError SOURCE_REFUSED when git will not read it, GIT_MISSING, FILE_NAME_UNREADABLE
 */
export async function listWorkTree(processes: ProcessRunner, folder: string): Promise<string[] | undefined> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const listed = await runGit(processes, ["-C", folder, ...args]);
  // "not a git repository: PATH" is a checkout whose repository is gone: what it ignores is not known any more.
  if (/^fatal: not a git repository \(or any/m.test(listed.errors)) return undefined;
  if (listed.exitStatus !== 0) throw refused(folder, listed.errors);
  const paths = listed.output.split("\0").filter((path) => path !== "");
  requireReadable(folder, paths);
  const present = await Promise.all(paths.map((path) => isFileOrLink(join(folder, path))));
  return paths.filter((_, index) => present[index]);
}

/**
 * What a checkout is at: HEAD's commit, with `-dirty` behind it when a file of the folder differs or is new.
 *
 * @returns undefined before the first commit
 * @throws UserError SOURCE_REFUSED when git will not read it, GIT_MISSING
 */
export async function describeWorkTree(processes: ProcessRunner, folder: string): Promise<string | undefined> {
  const head = await runGit(processes, ["-C", folder, "rev-parse", "--quiet", "--verify", "HEAD^{commit}"]);
  if (head.exitStatus !== 0) return undefined;
  // The checkout may be another user's: its index is left as it is.
  const changes = await runGit(processes, ["--no-optional-locks", "-C", folder, "status", "--porcelain", "--", "."]);
  if (changes.exitStatus !== 0) throw refused(folder, changes.errors);
  return `${head.output.trim()}${changes.output === "" ? "" : "-dirty"}`;
}

async function isFileOrLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (status) => status.isFile() || status.isSymbolicLink(),
    () => false,
  );
}
