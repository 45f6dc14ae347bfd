import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Instance, toInstance } from "../../../src/instance/instance.ts";
import { newLock } from "../../../src/instance/lock.ts";
import { instancePaths } from "../../../src/instance/paths.ts";
import type { InstanceFile } from "../../../src/instance/schema.ts";
import { stackInput } from "../../../src/operations/generate.ts";
import { workerCount } from "../../../src/stack/sizing.ts";
import { appDigest, generateStack } from "../../../src/stack/stack.ts";
import { fixedInput, instanceOf, temporaryFolder, userErrorOf } from "../support.ts";

const { release } = await fixedInput(instanceOf({ profile: "ci" }));
const LOCK = newLock("test");
const MACHINE = { cores: 4, memory: 8e9, disk: undefined };

function instanceIn(home: string, application: InstanceFile["application"] = {}): Instance {
  return toInstance("ci", instancePaths(home, "ci"), { version: 1, profile: "ci", application });
}

describe("the generation of the app service", () => {
  test("starts at 1, stays while nothing changes, and goes up by one when something does", async () => {
    await using home = await temporaryFolder();
    const first = await stackInput(instanceIn(home.path), release, LOCK, MACHINE);
    expect(first.generation).toBe(1);
    const lock = { ...LOCK, app: { digest: appDigest(first), generation: 4 } };
    expect((await stackInput(instanceIn(home.path), release, lock, MACHINE)).generation).toBe(4);
    expect((await stackInput(instanceIn(home.path, { workers: 3 }), release, lock, MACHINE)).generation).toBe(5);
  });
});

test("as many workers as the machine is good for, where the settings say auto", async () => {
  await using home = await temporaryFolder();
  const own = instanceIn(home.path, { workers: "auto" });
  const workers = (cores: number, memory: number) => workerCount(own.settings, { cores, memory, disk: undefined });
  expect(workers(1, 2e9), "the guide's minimum").toBe(2);
  expect(workers(4, 8e9), "what the guide recommends").toBe(9);
  expect(workers(16, 8e9), "memory for fewer than its cores").toBe(11);
  expect(workers(64, 512e9), "never more than a worker count that is allowed").toBe(64);
  const file = generateStack(await stackInput(own, release, LOCK, MACHINE)).get("stack/app/settings.json") ?? "";
  expect(JSON.parse(file).workers).toBe(9);
});

describe("the operator's folders", () => {
  test("are seen when they are there, and every change in them", async () => {
    await using home = await temporaryFolder();
    const own = instanceIn(home.path, { local: "./local" });
    await mkdir(own.paths.local, { recursive: true });
    await mkdir(own.paths.settings);
    const folders = async () => (await stackInput(own, release, LOCK, MACHINE)).folders;
    const before = await folders();
    expect(before).toEqual({
      local: { source: "./local", digest: expect.any(String) },
      settings: expect.any(String),
    });
    await writeFile(join(own.paths.local, "config.toml"), "x = 1\n");
    const after = await folders();
    expect([after.local?.digest === before.local?.digest, after.settings === before.settings]).toEqual([false, true]);
    await writeFile(join(own.paths.settings, "50-mail.py"), "EMAIL_PORT = 25\n");
    expect((await folders()).settings).not.toBe(after.settings);
  });

  test("are not read for what Python and git keep in them", async () => {
    await using home = await temporaryFolder();
    const own = instanceIn(home.path, { local: "./local" });
    await mkdir(join(own.paths.local, ".git"), { recursive: true });
    await mkdir(join(own.paths.local, "jobs", "__pycache__"), { recursive: true });
    const before = (await stackInput(own, release, LOCK, MACHINE)).folders.local;
    await writeFile(join(own.paths.local, ".git", "index"), "x");
    await writeFile(join(own.paths.local, "jobs", "__pycache__", "x.pyc"), "x");
    expect((await stackInput(own, release, LOCK, MACHINE)).folders.local).toEqual(before);
  });

  test("are not looked for unless asked for: a ./local folder means nothing to local_biomaid", async () => {
    await using home = await temporaryFolder();
    const instance = instanceIn(home.path);
    await mkdir(instance.paths.local, { recursive: true });
    expect((await stackInput(instance, release, LOCK, MACHINE)).folders).toEqual({
      local: undefined,
      settings: undefined,
    });
  });

  test.each([
    ["within the instance's folder", "./config/site", "ci/config/site", "./config/site"],
    ["beside it", "../site", "site", undefined],
    ["anywhere", undefined, "elsewhere/a site", undefined],
  ])("may be %s", async (_where, local, path, mounted) => {
    await using home = await temporaryFolder();
    const folder = join(home.path, path);
    const own = instanceIn(home.path, { local: local ?? folder });
    await mkdir(folder, { recursive: true });
    expect((await stackInput(own, release, LOCK, MACHINE)).folders.local?.source).toBe(mounted ?? folder);
  });

  test("of a repository is that of the commit in the lock", async () => {
    await using home = await temporaryFolder();
    const own = instanceIn(home.path, { local: { git: "https://example.org/site.git", ref: "main" } });
    const commit = "c".repeat(40);
    await mkdir(join(own.paths.checkouts, `local-${"c".repeat(12)}`), { recursive: true });
    const lock = { ...LOCK, local: { git: "https://example.org/site.git", ref: "main", commit } };
    expect((await stackInput(own, release, lock, MACHINE)).folders.local?.source).toBe(
      `./checkouts/local-${"c".repeat(12)}`,
    );
  });

  test("must be there when asked for", async () => {
    await using home = await temporaryFolder();
    const own = instanceIn(home.path, { local: "./local" });
    const error = await userErrorOf(() => stackInput(own, release, LOCK, MACHINE));
    expect([error.code, error.parameters]).toEqual([
      "LOCAL_MISSING",
      { folder: own.paths.local, path: own.paths.file, name: "ci" },
    ]);
  });
});
