import { join } from "node:path";
import { expect, test } from "vitest";
import { listRefs } from "../../../src/adapters/git-refs.ts";
import { createProcessRunner } from "../../../src/adapters/process.ts";
import { createRepository } from "../../support/repository.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

const processes = createProcessRunner(() => {}, new AbortController().signal);

test("tags are listed by version, the newest first, then branches, each with its commit", async () => {
  await using folder = await temporaryFolder();
  const { git, commit, url } = await createRepository(join(folder.path, "repository"));
  const commits: Record<string, string> = {};
  for (const tag of ["0.9", "0.10.1", "0.10", "0.14.10", "0.14.9"]) {
    commits[tag] = await commit(tag);
    await git("tag", tag, ...(tag === "0.10" ? ["--annotate", "--message", "annotated"] : []));
  }
  await git("branch", "stable", "0.10");
  await git("branch", "feature/x", "0.9");

  const { refs, defaultBranch } = await listRefs(processes, url);
  expect(refs).toEqual([
    ...["0.14.10", "0.14.9", "0.10.1", "0.10", "0.9"].map((name) => ({ kind: "tag", name, commit: commits[name] })),
    { kind: "branch", name: "feature/x", commit: commits["0.9"] },
    { kind: "branch", name: "main", commit: commits["0.14.9"] },
    { kind: "branch", name: "stable", commit: commits["0.10"] },
  ]);
  expect(defaultBranch).toBe("main");
});

test("a repository without commits has no refs, one whose HEAD is at none has no default branch", async () => {
  await using folder = await temporaryFolder();
  const { git, commit, folder: path } = await createRepository(join(folder.path, "repository"));
  expect(await listRefs(processes, path)).toEqual({ refs: [], defaultBranch: undefined });
  await commit("first");
  await git("checkout", "--quiet", "--detach");
  expect((await listRefs(processes, path)).defaultBranch).toBeUndefined();
});

test("what is no repository is told", async () => {
  await using folder = await temporaryFolder();
  const error = await userErrorOf(() => listRefs(processes, folder.path));
  expect(error.code).toBe("SOURCE_UNREACHABLE");
  expect(error.parameters).toMatchObject({ git: folder.path, detail: expect.stringContaining("git repository") });
});
