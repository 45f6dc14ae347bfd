import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { identities } from "../support/engine.ts";
import { newInstance, type TestInstance } from "../support/instance.ts";
import { copyApplication } from "../support/source.ts";

/** A repository that is cloned over file://, with the application's code in it. */
interface Repository {
  url: string;
  /** Commits a file `MARK` with this text; gives the commit. */
  commit(mark: string): Promise<string>;
  git(...args: string[]): Promise<string>;
}

async function createRepository(folder: string): Promise<Repository> {
  const git = async (...args: string[]): Promise<string> => {
    const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"];
    return (await execa("git", ["-C", folder, ...identity, ...args])).stdout.trim();
  };
  await copyApplication(folder);
  await git("init", "--quiet", "--initial-branch", "main");
  return {
    url: pathToFileURL(folder).href,
    async commit(mark) {
      await writeFile(join(folder, "MARK"), mark);
      await git("add", "--all");
      await git("commit", "--quiet", "--message", mark);
      return git("rev-parse", "HEAD");
    },
    git,
  };
}

describe("a git source", () => {
  const mark = async (instance: TestInstance): Promise<string> =>
    (await instance.compose("exec", "-T", "app", "cat", "MARK")).stdout;
  const commitOf = async (instance: TestInstance): Promise<string> =>
    JSON.parse((await instance.cli(["status", instance.name, "--json"])).stdout).commit;

  test("means one commit from the first up on, until instance.yaml asks for another branch, tag or commit", async () => {
    await using instance = await newInstance();
    const repository = await createRepository(join(instance.home, "repository"));
    const first = await repository.commit("first");
    await instance.create({ source: ["--source", repository.url, "--ref", "main"] });
    expect(await mark(instance)).toBe("first");
    expect(await commitOf(instance)).toBe(first);

    const second = await repository.commit("second");
    await repository.git("tag", "v2");
    const before = await instance.services();
    await instance.cli(["up", instance.name]);
    expect(await commitOf(instance)).toBe(first);
    expect(identities(await instance.services())).toEqual(identities(before));

    await instance.set("source.ref", "v2");
    const { stdout } = await instance.cli(["up", instance.name]);
    expect(stdout).toContain("v2");
    expect(await mark(instance)).toBe("second");
    expect(await commitOf(instance)).toBe(second);
    expect((await instance.services())["db"]?.id).toBe(before["db"]?.id);

    await instance.set("source.ref", first);
    await instance.cli(["up", instance.name]);
    expect(await mark(instance)).toBe("first");
    expect(await commitOf(instance)).toBe(first);
  });

  test("whose branch does not exist is named", async () => {
    await using instance = await newInstance();
    const repository = await createRepository(join(instance.home, "repository"));
    await repository.commit("first");
    const source = ["--source", repository.url, "--ref", "nowhere"];
    const { stderr } = await instance.create({ source, exitStatus: 1 });
    expect(stderr).toContain("[REF_NOT_FOUND]");
    expect(stderr).toContain(`git ls-remote ${repository.url}`);
  });

  test.each(["https://127.0.0.1:1/biomaid.git", "file:///nonexistent/biomaid.git"])(
    "that cannot be reached (%s) is never replaced by the sample, which is hinted at",
    async (url) => {
      await using instance = await newInstance();
      const { stderr, stdout } = await instance.create({ source: ["--source", url], exitStatus: 1 });
      expect(stderr).toContain("[SOURCE_UNREACHABLE]");
      expect(stderr).toContain(url);
      expect(stderr).toContain("--source sample");
      expect(stdout).toBe("");
      expect(await instance.services()).toEqual({});
      const hinted = await instance.cli(["init", instance.name, "--profile", "demo", "--source", "sample"]);
      expect(hinted.stdout).toContain(instance.folder);
    },
  );
});
