import { appendFile, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { expect, onTestFinished, test, vi } from "vitest";
import { createGitCache, describeWorkTree, listWorkTree } from "../../../src/adapters/git.ts";
import { createProcessRunner } from "../../../src/adapters/process.ts";
import { createRepository } from "../../support/repository.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

const processes = createProcessRunner(() => {}, new AbortController().signal);

test("the files of a checkout are listed without ignored or deleted ones and without submodules", async () => {
  await using folder = await temporaryFolder();
  const git = (...args: string[]) => execa("git", ["-C", folder.path, ...args]);
  await git("init", "--quiet");
  for (const name of ["known", "deleted", "new", "ignored"]) await writeFile(join(folder.path, name), name);
  await writeFile(join(folder.path, ".gitignore"), "ignored\n");
  await symlink("known", join(folder.path, "link"));
  await mkdir(join(folder.path, "submodule"));
  await git("add", "known", "deleted", "link", ".gitignore");
  await git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},submodule`);
  await execa("rm", [join(folder.path, "deleted")]);
  expect((await listWorkTree(processes, folder.path))?.sort()).toEqual([".gitignore", "known", "link", "new"]);
});

test("a folder outside git is not in git", async () => {
  await using folder = await temporaryFolder();
  expect(await listWorkTree(processes, folder.path)).toBeUndefined();
});

test("a checkout that git will not read is not taken for a folder outside git", async () => {
  await using folder = await temporaryFolder();
  await execa("git", ["-C", folder.path, "init", "--quiet"]);
  // git's own way to see a checkout of another user, without a second user.
  vi.stubEnv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
  onTestFinished(() => void vi.unstubAllEnvs());
  const error = await userErrorOf(() => listWorkTree(processes, folder.path));
  expect(error.code).toBe("SOURCE_REFUSED");
  expect(error.parameters).toMatchObject({ path: folder.path });
  expect(JSON.stringify(error.parameters)).toContain(`safe.directory ${folder.path}`);

  const cache = createGitCache(processes, join(folder.path, "cache"), folder.path);
  expect((await userErrorOf(() => cache.resolve("HEAD"))).code).toBe("SOURCE_REFUSED");
});

test("a checkout whose repository is gone is not taken for a folder outside git", async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, ".git"), "gitdir: /nonexistent/worktrees/x\n");
  const error = await userErrorOf(() => listWorkTree(processes, folder.path));
  expect(error.code).toBe("SOURCE_REFUSED");
  expect(JSON.stringify(error.parameters)).toContain("/nonexistent/worktrees/x");
});

test("a checkout is described by its commit, and as dirty while its files differ from it", async () => {
  await using folder = await temporaryFolder();
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"];
  const git = async (...args: string[]): Promise<string> =>
    (await execa("git", ["-C", folder.path, ...identity, ...args])).stdout;
  const described = (path = folder.path): Promise<string | undefined> => describeWorkTree(processes, path);
  const [known, code] = [join(folder.path, "known"), join(folder.path, "code")];
  await git("init", "--quiet");
  expect(await described()).toBeUndefined();

  await mkdir(code);
  await writeFile(join(code, "file"), "1");
  await writeFile(known, "1");
  await writeFile(join(folder.path, ".gitignore"), "ignored\n");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "first");
  const commit = await git("rev-parse", "HEAD");
  await writeFile(join(folder.path, "ignored"), "");
  expect(await described()).toBe(commit);
  await appendFile(known, "2");
  expect(await described()).toBe(`${commit}-dirty`);
  expect(await described(code)).toBe(commit);
  await writeFile(join(code, "new"), "");
  expect(await described(code)).toBe(`${commit}-dirty`);
});

test("a fetch that was killed is in nobody's way, and many at once each get the commit that they asked for", async () => {
  await using folder = await temporaryFolder();
  const repository = join(folder.path, "repository");
  const git = async (...args: string[]): Promise<string> => {
    const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"];
    return (await execa("git", ["-C", repository, ...identity, ...args])).stdout.trim();
  };
  await mkdir(repository);
  await git("init", "--quiet");
  const refs = ["one", "two", "three", "four"];
  for (const ref of refs) {
    await git("commit", "--quiet", "--allow-empty", "--message", ref);
    await git("tag", ref);
  }
  const commits = await Promise.all(refs.map((ref) => git("rev-parse", `${ref}^{commit}`)));

  const source = createGitCache(processes, join(folder.path, "cache"), pathToFileURL(repository).href);
  expect(await Promise.all(refs.map((ref) => source.resolve(ref)))).toEqual(commits);

  const sources = join(folder.path, "cache", "sources");
  const cached = (await readdir(sources)).find((name) => name.endsWith(".git")) ?? "";
  await writeFile(join(sources, cached, "shallow.lock"), "");
  expect(await source.resolve("two")).toBe(commits[1]);
});

test("a submodule is not fetched, whatever git is configured to do with submodules", async () => {
  await using folder = await temporaryFolder();
  const submodule = await createRepository(join(folder.path, "submodule"));
  await submodule.commit("not to be fetched");
  const repository = await createRepository(join(folder.path, "repository"));
  const allowed = ["-c", "protocol.file.allow=always"];
  await repository.git(...allowed, "submodule", "--quiet", "add", submodule.url, "tpsread");
  const commit = await repository.commit("first");
  const settings = ["[submodule]", "recurse = true", "[fetch]", "recurseSubmodules = true", "[protocol.file]"];
  await writeFile(
    join(folder.path, "gitconfig"),
    [...settings, "allow = always", ""].join("\n").replace(".file", ' "file"'),
  );
  vi.stubEnv("GIT_CONFIG_GLOBAL", join(folder.path, "gitconfig"));
  onTestFinished(() => void vi.unstubAllEnvs());

  const cache = createGitCache(processes, join(folder.path, "cache"), repository.url);
  const code = join(folder.path, "code");
  await mkdir(code);
  await cache.checkout(await cache.resolve("main"), code);
  expect((await readdir(code, { recursive: true })).sort()).toEqual([".gitmodules", "MARK", "tpsread"]);
  expect(await cache.resolve("main")).toBe(commit);
  const cached = await readdir(join(folder.path, "cache"), { recursive: true });
  expect(cached.filter((path) => /(^|\/)modules(\/|$)/.test(path))).toEqual([]);
});
