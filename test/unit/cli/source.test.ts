import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { run } from "../../../src/cli/run.ts";
import { readLock, writeLock } from "../../../src/instance/lock.ts";
import { createRepository, type Repository } from "../../support/repository.ts";
import { temporaryFolder } from "../support.ts";

let stdout = "";
let stderr = "";
let home: string;
let disposables: AsyncDisposableStack;

beforeEach(async () => {
  [stdout, stderr] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  disposables = new AsyncDisposableStack();
  home = disposables.use(await temporaryFolder()).path;
  vi.stubEnv("LC_ALL", "C.UTF-8");
  vi.stubEnv("BIOMAID_HOME", home);
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await disposables.disposeAsync();
});

function biomaid(...args: string[]): Promise<number> {
  [stdout, stderr] = ["", ""];
  return run(["node", "biomaid-compose", ...args]);
}

const WARNING = "not to be used in production";

describe("a URL with a login in it", () => {
  const LOGINS = [
    "https://me:s3cret@code.example.org/x.git",
    "https://s3cret@code.example.org/x.git",
    "ssh://git:s3cret@code.example.org/x.git",
    "https://me:s3cret and more@code.example.org/x.git",
  ];

  test.each(LOGINS)("is refused by init, config set and refs without being shown: %s", async (url) => {
    expect(await biomaid("init", "production", "--source", url)).toBe(2);
    expect(stderr).toContain("source.git must not have a user name or a password in it");
    expect(stderr + stdout).not.toContain("s3cret");
    await expect(stat(join(home, "production"))).rejects.toThrow("ENOENT");

    await biomaid("init", "production", "--source", "https://code.example.org/x.git");
    for (const args of [
      ["config", "set", "production", "source.git", url],
      ["refs", "--source", url],
      ["refs", "production", "--source", url, "--json", "--verbose"],
    ]) {
      expect(await biomaid(...args)).toBe(2);
      expect(stderr).toContain("must not have a user name or a password in it");
      expect(stderr + stdout).not.toContain("s3cret");
    }
    expect(await readFile(join(home, "production", "instance.yaml"), "utf8")).not.toContain("s3cret");
  });

  test("is not what ssh's own user name makes it", async () => {
    for (const [index, url] of ["ssh://git@code.example.org:22/x.git", "git@code.example.org:x.git"].entries())
      expect(await biomaid("init", `ok-${index}`, "--profile", "production", "--source", url)).toBe(0);
  });
});

describe("source.key_file", () => {
  test("goes with an address that is reached by ssh only, and is no secret of the tool's own", async () => {
    await biomaid("init", "production", "--source", "git@code.example.org:x.git", "--ref", "0.15");
    expect(await biomaid("config", "set", "production", "source.key_file", "deploy_key")).toBe(0);
    for (const [setting, value, message] of [
      ["source.key_file", "secret_key", "is the name of another secret of the instance"],
      ["source.key_file", "known_hosts", "is the name of another secret of the instance"],
      ["source.git", "https://code.example.org/x.git", "source.key_file can only be used with a git address"],
    ] as const) {
      expect(await biomaid("config", "set", "production", setting, value), setting).toBe(2);
      expect(stderr).toContain(message);
    }
  });

  test("is looked for before git is asked", async () => {
    await biomaid("init", "production", "--source", "git@code.invalid:x.git", "--ref", "0.15");
    await biomaid("config", "set", "production", "source.key_file", "deploy_key");
    expect(await biomaid("refs", "production")).toBe(1);
    expect(stderr).toContain("[SOURCE_KEY_MISSING]");
    expect(stderr).toContain(join(home, "production", "secrets", "deploy_key"));
  });
});

describe("the branch of development", () => {
  test.each(["main", "refs/heads/main"])("is warned of for production, not for a demo: %s", async (ref) => {
    expect(await biomaid("init", "production", "--ref", ref)).toBe(0);
    expect(stderr).toContain(WARNING);
    expect(await biomaid("init", "demo", "--ref", ref)).toBe(0);
    expect(stderr).toBe("");
  });

  test("is what a repository has without a ref, for all that is known", async () => {
    expect(await biomaid("init", "production", "--source", "https://code.example.org/x.git")).toBe(0);
    expect(stderr).toContain(WARNING);
  });

  test("is warned of when a setting leads to it, and not at each other change", async () => {
    expect(await biomaid("init", "production", "--ref", "stable")).toBe(0);
    expect(stderr).toBe("");
    expect(await biomaid("config", "set", "production", "source.ref", "main")).toBe(0);
    expect(stderr).toContain(WARNING);
    expect(await biomaid("config", "set", "production", "web.port", "8080")).toBe(0);
    expect(stderr).toBe("");
    expect(await biomaid("config", "set", "production", "source.ref", "0.15")).toBe(0);
    expect(stderr).toBe("");
  });
});

describe("refs", () => {
  let repository: Repository;
  let commits: Record<string, string>;

  beforeEach(async () => {
    repository = await createRepository(join(home, "repository"));
    commits = {};
    for (const tag of ["0.14.9", "0.14.10", "0.15"]) {
      commits[tag] = await repository.commit(tag);
      await repository.git("tag", tag);
    }
    await repository.git("branch", "stable");
    commits["main"] = await repository.commit("next");
  });
  const lockTo = async (ref: string, commit = ""): Promise<void> => {
    const path = join(home, "production", "instance.lock.yaml");
    const lock = await readLock(path);
    if (lock === undefined) throw new Error("no lock");
    await writeLock(path, { ...lock, source: { git: repository.url, ref, commit } });
  };

  test("says which one an instance uses, at which commit, and what is under development", async () => {
    await biomaid("init", "production", "--source", repository.url, "--ref", "stable");
    await lockTo("stable", commits["0.14.10"]);
    expect(await biomaid("refs", "production")).toBe(0);
    const short = (name: string): string => commits[name]?.slice(0, 12) ?? "";
    expect(stdout.split("\n").map((line) => line.replace(/ {2,}/g, "|"))).toEqual([
      repository.url,
      "NAME|KIND|COMMIT|NOTE",
      `0.15|release|${short("0.15")}`,
      `0.14.10|release|${short("0.14.10")}|locked commit`,
      `0.14.9|release|${short("0.14.9")}`,
      `main|branch|${short("main")}|default, development: ${WARNING}`,
      `stable|branch|${short("0.15")}|that of production`,
      `production uses stable, at the commit ${short("0.14.10")}.`,
      "Next: `biomaid-compose update production`",
      "",
    ]);

    await lockTo("stable", commits["0.15"]);
    await biomaid("refs", "production");
    expect(stdout).not.toContain("update");
    await biomaid("--lang", "fr", "refs", "production");
    expect(stdout).toContain("développement\u00a0: à ne pas utiliser en production");
  });

  test("answers in JSON, for a repository that no instance uses", async () => {
    expect(await biomaid("--json", "refs", "--source", repository.folder)).toBe(0);
    const { refs, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({ git: repository.folder, instance: null, ref: null, commit: null });
    expect(refs[0]).toEqual({
      kind: "tag",
      name: "0.15",
      commit: commits["0.15"],
      used: false,
      locked: false,
      default: false,
      development: false,
    });
    expect(refs.find(({ name }: { name: string }) => name === "main")).toMatchObject({
      kind: "branch",
      default: true,
      development: true,
    });
  });

  test("has nothing to list for the sample application", async () => {
    await biomaid("init", "demo", "--source", "sample");
    expect(await biomaid("refs", "demo")).toBe(1);
    expect(stderr).toContain("[SOURCE_WITHOUT_REFS]");
  });
});
