import { appendFile, cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Container, containersOf, identities, networksOf, volumesOf } from "../support/engine.ts";
import { newInstance, startInstance, type TestInstance } from "../support/instance.ts";

describe("what belongs to an instance", () => {
  let instance: TestInstance;

  beforeAll(async () => {
    instance = await startInstance();
  });
  afterAll(() => instance?.[Symbol.asyncDispose]());

  test("an instance of the same name in another home is refused, and changes nothing", async () => {
    const before = await instance.services();
    const volumes = await volumesOf(instance.project);
    await using other = await newInstance(instance.name);
    const up = await other.create({ exitStatus: 1 });
    expect(up.stderr).toContain("[INSTANCE_FOREIGN]");
    const down = await other.cli(["down", other.name, "--volumes", "--yes"], { exitStatus: 1 });
    expect(down.stderr).toContain("[INSTANCE_FOREIGN]");
    expect(await instance.services()).toEqual(before);
    expect(await volumesOf(instance.project)).toEqual(volumes);
    expect((await fetch(`${instance.url}/`)).status).toBe(200);
  });

  test("an instance of the same name in another home sees nothing of it, and does nothing with it", async () => {
    await using other = await newInstance(instance.name);
    const [, , ...options] = other.creation();
    await other.cli(["init", other.name, ...options]);
    // What an `up` of the past has left, before the other home took the name.
    await cp(join(instance.folder, "compose.yaml"), join(other.folder, "compose.yaml"));
    await cp(join(instance.folder, "stack"), join(other.folder, "stack"), { recursive: true });

    const status = await other.cli(["status", other.name, "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject({ condition: "foreign", services: [], jobs: [] });
    expect(JSON.parse(status.stdout).warnings).toContain("foreign");
    const list = await other.cli(["list", "--json"]);
    expect(JSON.parse(list.stdout)).toMatchObject([{ name: other.name, condition: "foreign" }]);
    const count = (await containersOf(instance.project)).length;
    for (const command of [["jobs"], ["logs"], ["manage", "check"], ["psql"]]) {
      const [verb = "", ...args] = command;
      const { stdout, stderr } = await other.cli([verb, other.name, ...args], { exitStatus: 1 });
      expect(stderr, verb).toContain("[INSTANCE_FOREIGN]");
      expect(stdout, verb).toBe("");
    }
    expect(await containersOf(instance.project)).toHaveLength(count);

    await instance.cli(["down", instance.name]);
    // The data alone is another's, too.
    const later = await other.cli(["status", other.name, "--json"]);
    expect(JSON.parse(later.stdout)).toMatchObject({ condition: "foreign" });
    await instance.cli(["up", instance.name]);
  });

  test.each(["compose.yaml", "stack/web/nginx.conf"])("an edit of the generated %s is refused", async (path) => {
    const before = await instance.services();
    const file = join(instance.folder, path);
    await appendFile(file, "# mine\n");
    const { stderr } = await instance.cli(["up", instance.name], { exitStatus: 1 });
    expect(stderr).toContain("[GENERATED_FILE_EDITED]");
    expect(stderr).toContain(file);
    expect(stderr).toContain("instance.yaml");
    expect(stderr).toContain("compose.override.yaml");
    expect(await readFile(file, "utf8")).toContain("# mine");
    expect(await instance.services()).toEqual(before);

    await rm(file);
    await instance.cli(["up", instance.name]);
    expect(await readFile(file, "utf8")).not.toContain("# mine");
    expect(identities(await instance.services())).toEqual(identities(before));
  });

  test("a service and a volume of compose.override.yaml come and go with the instance", async () => {
    await using other = await startInstance();
    const { image } = (await other.services())["web"] as Container;
    const override = {
      services: {
        extra: { image, entrypoint: ["sleep", "infinity"], init: true, volumes: ["extra:/var/cache/nginx"] },
      },
      volumes: { extra: {} },
    };
    const file = join(other.folder, "compose.override.yaml");
    await writeFile(file, JSON.stringify(override));
    for (const _ of ["it comes", "it is there"]) await other.cli(["up", other.name]);
    const status = JSON.parse((await other.cli(["status", other.name, "--json"])).stdout);
    expect(status).toMatchObject({ condition: "running" });
    expect(status.services.map(({ service }: { service: string }) => service)).toContain("extra");
    expect(await volumesOf(other.project)).toContain(`${other.project}_extra`);

    await other.cli(["down", other.name]);
    expect(await containersOf(other.project)).toEqual([]);
    expect(await volumesOf(other.project)).toContain(`${other.project}_extra`);
    await other.cli(["up", other.name]);
    await other.cli(["down", other.name, "--volumes", "--yes"]);
    expect(await containersOf(other.project)).toEqual([]);
    expect(await volumesOf(other.project)).toEqual([]);
    expect(await networksOf(other.project)).toEqual([]);
  });

  test("compose.override.yaml is honoured", async () => {
    const override = "services:\n  web:\n    environment:\n      OPERATOR: was-here\n";
    await writeFile(join(instance.folder, "compose.override.yaml"), override);
    await instance.cli(["up", instance.name]);
    expect((await instance.services())["web"]?.environment).toContain("OPERATOR=was-here");
  });

  test("instance.yaml that says something else than the options is not overruled", async () => {
    const { stderr } = await instance.cli(["up", instance.name, "--port", "1"], { exitStatus: 1 });
    expect(stderr).toContain("[INSTANCE_DIFFERS]");
    expect(stderr).toContain("web.port");
    expect(stderr).toContain(String(instance.port));
  });

  test("secrets are in no definition and no environment", async () => {
    const { stdout } = await instance.compose("config", "--format", "json");
    const { secret_key, database_password } = JSON.parse(stdout).secrets;
    const secrets = await Promise.all([secret_key, database_password].map(({ file }) => readFile(file, "utf8")));
    const inspected = JSON.stringify(await instance.services());
    for (const secret of secrets) {
      expect(stdout).not.toContain(secret);
      expect(inspected).not.toContain(secret);
    }
  });
});
