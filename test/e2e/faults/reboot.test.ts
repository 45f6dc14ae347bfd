import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { recipeDigest } from "../../../src/operations/build-images.ts";
import { packagesBases, registryBases } from "../../../src/release/bases.ts";
import { printed } from "../../support/cli.ts";
import { newInstance, type TestInstance } from "../../support/instance.ts";
import { type SecondEngine, secondEngine } from "../../support/second-engine.ts";
import { ownTable, Writer } from "../../support/writer.ts";

describe("an engine that fails", () => {
  let instance: TestInstance;
  let engine: SecondEngine;

  beforeAll(async () => {
    instance = await newInstance();
    engine = await secondEngine(join(instance.home, "engine"), "3g");
    const bases = inject("bases") === "packages" ? packagesBases(await recipeDigest("base")) : registryBases();
    const images = inject("sharedImages").filter((image) => image !== inject("images").web);
    await engine.load(...images, bases.images.nginx);
  });
  afterAll(async () => {
    try {
      await engine?.[Symbol.asyncDispose]();
    } finally {
      await instance?.[Symbol.asyncDispose]();
    }
  });

  const psql = (query: string): Promise<string> =>
    engine.docker("exec", `${instance.project}-db-1`, "psql", "-U", "postgres", "-d", "biomaid", "-Atc", query);
  const options = () => ({ env: engine.env, within: engine.within });
  const containers = async (format: string): Promise<string[]> =>
    (await engine.docker("ps", "--all", "--format", format)).split("\n").filter((line) => line !== "");

  test("has no room to build in: it is told where, no image stays, and the same command goes on", async () => {
    const { blocks, bfree, bsize } = await statfs(engine.disk.path);
    await engine.disk.resize(`${((blocks - bfree) * bsize) / 1024 + 1024}k`);
    const { stderr } = await instance.create({ ...options(), exitStatus: 1 }).finally(() => engine.disk.resize("3g"));
    expect(stderr).toContain("[ENGINE_DISK_FULL]");
    expect(stderr).toContain(engine.disk.path);
    expect(await engine.docker("image", "ls", "--quiet", inject("images").web)).toBe("");
  });

  test("is gone in the middle of up: it is told, and the same command goes on once it is back", async () => {
    await using writer = new Writer(ownTable(psql));
    const up = instance.startCli(instance.creation(), options());
    await printed(up, "Starting ");
    // By now db and web run: a container that the engine was about to start may leave its port taken (PORT_STUCK).
    while (!(await containers("{{.Names}} {{.State}}")).includes(`${instance.project}-init-1 running`))
      await setTimeout(50);
    await writer.progress(1, 30);
    await engine.cutPower();
    const { exitCode, stderr } = await up;
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("[ENGINE_UNREACHABLE]")]);
    await engine.start();
    await instance.create(options());
    await writer.expectNothingLost();
  });

  test("is back after a power cut: every service comes back without the CLI, and no row is lost", async () => {
    await using writer = new Writer(ownTable(psql));
    await writer.progress(20, 60);
    await engine.cutPower();
    await engine.start();
    const deadline = Date.now() + 90_000;
    while ((await containers("{{.Status}}")).filter((status) => status.includes("(healthy)")).length < 4) {
      if (Date.now() > deadline) throw new Error((await containers("{{.Names}} {{.Status}}")).join("\n"));
      await setTimeout(500);
    }
    await writer.expectNothingLost();
    const ask = `fetch("http://127.0.0.1:${instance.port}/").then((answer) => console.log(answer.status))`;
    const [program = "", ...args] = [...engine.within, process.execPath, "-e", ask];
    expect((await execa(program, args)).stdout).toBe("200");
  });
});
