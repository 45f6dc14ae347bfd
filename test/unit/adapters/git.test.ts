import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";
import { createGitCache, listWorkTree } from "../../../src/adapters/git.ts";
import { createProcessRunner } from "../../../src/adapters/process.ts";
import { temporaryFolder } from "../support.ts";

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

  const processes = createProcessRunner(() => {}, new AbortController().signal);
  expect((await listWorkTree(processes, folder.path))?.sort()).toEqual([".gitignore", "known", "link", "new"]);
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

  const processes = createProcessRunner(() => {}, new AbortController().signal);
  const source = createGitCache(processes, join(folder.path, "cache"), pathToFileURL(repository).href);
  expect(await Promise.all(refs.map((ref) => source.resolve(ref)))).toEqual(commits);

  const sources = join(folder.path, "cache", "sources");
  const cached = (await readdir(sources)).find((name) => name.endsWith(".git")) ?? "";
  await writeFile(join(sources, cached, "shallow.lock"), "");
  expect(await source.resolve("two")).toBe(commits[1]);
});
