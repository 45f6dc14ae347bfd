import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Lock, newLock, readLock, writeLock } from "../../../src/instance/lock.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

const FULL: Lock = {
  version: 1,
  uuid: "6f0d1c8e-6b5c-4f0e-9d3a-0123456789ab",
  generator: "0.1.0",
  source: { git: "https://example.org/x.git", ref: "stable", commit: "0".repeat(40) },
  bases: { mode: "packages", suite: "bookworm", images: { python: "a:1", go: "b:1" } },
  app: { digest: "abc", generation: 3 },
  fixtures: ["tests_db"],
};

test("what is written is read again", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "instance.lock.yaml");
  await writeLock(path, FULL);
  expect(await readLock(path)).toEqual(FULL);
  expect(await readFile(path, "utf8")).toMatch(/^# Written by biomaid-compose/);
});

test("a new one has an identity of its own", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "instance.lock.yaml");
  const lock = newLock("1.2.3");
  await writeLock(path, lock);
  expect(await readLock(path)).toEqual({ version: 1, uuid: lock.uuid, generator: "1.2.3" });
  expect(newLock("1.2.3").uuid).not.toBe(lock.uuid);
});

test("one that is not there is undefined", async () => {
  await using folder = await temporaryFolder();
  expect(await readLock(join(folder.path, "instance.lock.yaml"))).toBeUndefined();
});

test.each([
  ["empty", ""],
  ["cut off", "version: 1\nuuid: 6f0d1c8e-6b5c"],
  ["not YAML", "{"],
  ["of another format", `version: 2\nuuid: ${FULL.uuid}\ngenerator: x\n`],
  ["with a setting of somebody's", `version: 1\nuuid: ${FULL.uuid}\ngenerator: x\nport: 80\n`],
  ["without a UUID", "version: 1\ngenerator: x\n"],
  ["with a generation of 0", `version: 1\nuuid: ${FULL.uuid}\ngenerator: x\napp: {digest: a, generation: 0}\n`],
])("one that is %s is damaged", async (_, text) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "instance.lock.yaml");
  await writeFile(path, text);
  const error = await userErrorOf(() => readLock(path));
  expect([error.code, error.parameters]).toEqual(["LOCK_FILE_INVALID", { path }]);
});
