import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { startInstance } from "../support/instance.ts";

test("a database's demo users are not published when the settings name no fixtures any more, until the data is deleted", async () => {
  await using instance = await startInstance();
  const remembered = async () => parse(await readFile(join(instance.folder, "instance.lock.yaml"), "utf8")).fixtures;
  await instance.set("application.fixtures", []);
  await instance.cli(["up", instance.name]);
  await instance.set("web.address", "0.0.0.0");
  const before = await instance.services();
  const refused = await instance.cli(["up", instance.name], { exitStatus: 2 });
  expect(refused.stderr).toContain("[DEMO_PUBLISHED]");
  expect(await instance.services()).toEqual(before);
  const { stdout } = await instance.cli(["status", instance.name, "--json"]);
  expect(JSON.parse(stdout).warnings).toContain("demoPublished");

  await instance.cli(["down", instance.name]);
  expect(await remembered()).toEqual(["tests_db"]);
  await instance.cli(["down", instance.name, "--volumes", "--yes"]);
  expect(await remembered()).toBeUndefined();
  // Not on that address: tests open nothing to the network.
  await instance.set("web.address", "127.0.0.1");
  const { stdout: next } = await instance.cli(["up", instance.name]);
  expect(next, "who makes the first user is said again").toContain(`manage ${instance.name} -- createsuperuser`);
  expect(await remembered()).toBeUndefined();
  expect(await instance.sql("SELECT count(*) FROM common_user")).toBe("0");
});
