import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { listWorkTree } from "../../../src/adapters/git.ts";
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
