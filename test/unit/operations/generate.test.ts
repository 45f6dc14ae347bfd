import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Instance, toInstance } from "../../../src/instance/instance.ts";
import { newLock } from "../../../src/instance/lock.ts";
import { instancePaths } from "../../../src/instance/paths.ts";
import type { InstanceFile } from "../../../src/instance/schema.ts";
import { stackInput } from "../../../src/operations/generate.ts";
import { appDigest } from "../../../src/stack/stack.ts";
import { fixedInput, instanceOf, temporaryFolder, userErrorOf } from "../support.ts";

const { release } = await fixedInput(instanceOf({ profile: "ci" }));
const LOCK = newLock("test");

function instanceIn(home: string, application: InstanceFile["application"] = {}): Instance {
  return toInstance("ci", instancePaths(home, "ci"), { version: 1, profile: "ci", application });
}

describe("the generation of the app service", () => {
  test("starts at 1, stays while nothing changes, and goes up by one when something does", async () => {
    await using home = await temporaryFolder();
    const first = await stackInput(instanceIn(home.path), release, LOCK);
    expect(first.generation).toBe(1);
    const lock = { ...LOCK, app: { digest: appDigest(first), generation: 4 } };
    expect((await stackInput(instanceIn(home.path), release, lock)).generation).toBe(4);
    expect((await stackInput(instanceIn(home.path, { workers: 3 }), release, lock)).generation).toBe(5);
  });
});

describe("the operator's folders", () => {
  test("are seen when they are there, and every change in them", async () => {
    await using home = await temporaryFolder();
    const own = instanceIn(home.path, { local: "./local" });
    await mkdir(own.paths.local, { recursive: true });
    await mkdir(own.paths.settings);
    const folders = async () => (await stackInput(own, release, LOCK)).folders;
    const before = await folders();
    expect(before).toEqual({ local: expect.any(String), settings: expect.any(String) });
    await writeFile(join(own.paths.local, "config.toml"), "x = 1\n");
    const after = await folders();
    expect([after.local === before.local, after.settings === before.settings]).toEqual([false, true]);
    await writeFile(join(own.paths.settings, "50-mail.py"), "EMAIL_PORT = 25\n");
    expect((await folders()).settings).not.toBe(after.settings);
  });

  test("are not read for what Python and git keep in them", async () => {
    await using home = await temporaryFolder();
    const own = instanceIn(home.path, { local: "./local" });
    await mkdir(join(own.paths.local, ".git"), { recursive: true });
    await mkdir(join(own.paths.local, "jobs", "__pycache__"), { recursive: true });
    const before = (await stackInput(own, release, LOCK)).folders.local;
    await writeFile(join(own.paths.local, ".git", "index"), "x");
    await writeFile(join(own.paths.local, "jobs", "__pycache__", "x.pyc"), "x");
    expect((await stackInput(own, release, LOCK)).folders.local).toBe(before);
  });

  test("are not looked for unless asked for: a ./local folder means nothing to local_biomaid", async () => {
    await using home = await temporaryFolder();
    const instance = instanceIn(home.path);
    await mkdir(instance.paths.local, { recursive: true });
    expect((await stackInput(instance, release, LOCK)).folders).toEqual({ local: undefined, settings: undefined });
  });

  test("must be there when asked for", async () => {
    await using home = await temporaryFolder();
    const own = instanceIn(home.path, { local: "./local" });
    const error = await userErrorOf(() => stackInput(own, release, LOCK));
    expect([error.code, error.parameters]).toEqual([
      "LOCAL_MISSING",
      { folder: own.paths.local, path: own.paths.file },
    ]);
  });
});
