import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { containersOf, identities, removeProject } from "../support/engine.ts";
import { startInstance } from "../support/instance.ts";

test("what Compose is told of another project, by the environment or .env, does not reach an instance", async () => {
  await using instance = await startInstance();
  const other = `${instance.project}-other`;
  const override = join(instance.home, "other.yaml");
  await writeFile(override, "services: {}\n");
  const env = {
    COMPOSE_PROJECT_NAME: other,
    COMPOSE_FILE: override,
    COMPOSE_PATH_SEPARATOR: ",",
    COMPOSE_PROFILES: "other",
    COMPOSE_ENV_FILES: join(instance.home, "nowhere.env"),
    COMPOSE_IGNORE_ORPHANS: "true",
    COMPOSE_COMPATIBILITY: "true",
  };
  const before = identities(await instance.services());
  await writeFile(join(instance.folder, ".env"), `COMPOSE_PROJECT_NAME=${other}\n`);
  try {
    await instance.cli(["up", instance.name], { env });
    expect(await containersOf(other)).toEqual([]);
    expect(identities(await instance.services())).toEqual(before);
    const { stdout } = await instance.cli(["psql", instance.name, "--", "-At", "-c", "SELECT 1"], { env });
    expect(stdout).toBe("1\n");
    expect((await instance.cli(["logs", instance.name, "--tail", "1", "web"], { env })).stdout).toContain("web-1");

    await instance.cli(["down", instance.name], { env });
    expect(await containersOf(instance.project)).toEqual([]);
  } finally {
    await removeProject(other);
  }
});
