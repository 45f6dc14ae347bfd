import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containersOf, networksOf, volumesOf } from "../support/engine.ts";
import { startInstance, type TestInstance } from "../support/instance.ts";

/** One of the demo users: a change of it shows whether data was kept, and whether fixtures were loaded a second time. */
const USER = "from django.contrib.auth import get_user_model; user = get_user_model().objects.get(username='couranth')";

describe("down", () => {
  let instance: TestInstance;

  beforeAll(async () => {
    instance = await startInstance();
  });
  afterAll(() => instance?.[Symbol.asyncDispose]());

  const shell = async (python: string): Promise<string> =>
    (await instance.cli(["manage", instance.name, "--", "shell", "-c", `${USER}; ${python}`])).stdout.trim();
  const lastName = () => shell("print('last name:', user.last_name)");
  const rename = () => shell("user.last_name = 'Renommé'; user.save()");

  test("keeps the data, and up loads the fixtures only once", async () => {
    await rename();
    const volumes = await volumesOf(instance.project);
    await instance.cli(["up", instance.name]);
    expect(await lastName()).toContain("last name: Renommé");

    const { stdout } = await instance.cli(["down", instance.name]);
    expect(stdout).toContain(instance.folder);
    expect(await containersOf(instance.project)).toEqual([]);
    expect(await networksOf(instance.project)).toEqual([]);
    expect(await volumesOf(instance.project)).toEqual(volumes);
    await expect(instance.get("/")).rejects.toThrow();

    await instance.cli(["up", instance.name]);
    expect(await lastName()).toContain("last name: Renommé");
  });

  test("--volumes without a terminal wants --yes and touches nothing", async () => {
    const before = await instance.services();
    const volumes = await volumesOf(instance.project);
    const { stderr } = await instance.cli(["down", instance.name, "--volumes"], { exitStatus: 1 });
    expect(stderr).toContain("[CONFIRMATION_NEEDED]");
    expect(stderr).toContain("--yes");
    expect(await instance.services()).toEqual(before);
    expect(await volumesOf(instance.project)).toEqual(volumes);
  });

  test("--volumes on a terminal refuses another name, and with the right one deletes the data and keeps the folder", async () => {
    const before = await instance.services();
    const refused = instance.onTerminal(["down", instance.name, "--volumes"]);
    await refused.shows("Type its name");
    refused.type("production\r");
    const refusal = await refused.ended();
    expect(refusal.exitStatus).toBe(1);
    expect(refusal.screen).toContain("[CONFIRMATION_NEEDED]");
    expect(await instance.services()).toEqual(before);

    const files = await readdir(instance.folder);
    const accepted = instance.onTerminal(["down", instance.name, "--volumes"], { columns: 0 });
    await accepted.shows("Type its name");
    accepted.type(`${instance.name}\r`);
    expect((await accepted.ended()).exitStatus).toBe(0);
    expect(await containersOf(instance.project)).toEqual([]);
    expect(await volumesOf(instance.project)).toEqual([]);
    expect(await readdir(instance.folder)).toEqual(files);
  });

  test("works without compose.yaml, which an operator may delete to have it made anew", async () => {
    await instance.cli(["up", instance.name]);
    const volumes = await volumesOf(instance.project);
    await rm(join(instance.folder, "compose.yaml"));
    await instance.cli(["down", instance.name]);
    expect(await containersOf(instance.project)).toEqual([]);
    expect(await networksOf(instance.project)).toEqual([]);
    expect(await volumesOf(instance.project)).toEqual(volumes);
    await instance.cli(["down", instance.name, "--volumes", "--yes"]);
    expect(await volumesOf(instance.project)).toEqual([]);
    await instance.cli(["down", instance.name, "--volumes", "--yes"]);
  });

  test("--volumes --yes deletes the data: up then starts from the fixtures", async () => {
    await instance.cli(["up", instance.name]);
    expect(await lastName()).not.toContain("Renommé");
    const { stdout } = await instance.cli(["down", instance.name, "--volumes", "--yes", "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      name: instance.name,
      folder: instance.folder,
      volumesDeleted: true,
      kept: [],
    });
    expect(await volumesOf(instance.project)).toEqual([]);
    expect(await networksOf(instance.project)).toEqual([]);
    expect(await readdir(instance.folder)).toContain("instance.yaml");
  });
});
