import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startInstance, type TestInstance } from "../../support/instance.ts";
import { Load } from "../../support/load.ts";
import { asRoot } from "../../support/root.ts";
import { expectSignIn, SIGN_IN } from "../../support/sign-in.ts";
import { startWriter, type Writer } from "../../support/writer.ts";

/** What as many clients ask for at once, each without a pause. */
const PAGES = [SIGN_IN, SIGN_IN, SIGN_IN, SIGN_IN, "/common-afib/common/no_ie/", "/common-afib/common/no_ie/"];
const FILES = ["/static/local/favicon.ico", "/static/local/favicon.ico"];

describe("while rows are written without a pause", () => {
  let instance: TestInstance;
  let writer: Writer;

  beforeAll(async () => {
    instance = await startInstance();
    writer = startWriter(instance);
  });
  afterAll(async () => {
    await writer?.stop();
    await instance?.[Symbol.asyncDispose]();
  });

  async function inspect(service: string, format: string): Promise<string> {
    const { id } = (await instance.services())[service] ?? {};
    return (await execa("docker", ["inspect", "--format", format, id ?? ""])).stdout;
  }

  async function healthy(service: string): Promise<void> {
    const deadline = Date.now() + 90_000;
    while ((await inspect(service, "{{.State.Status}} {{.State.Health.Status}}")) !== "running healthy") {
      if (Date.now() > deadline) throw new Error(`${service} is not healthy again`);
      await setTimeout(200);
    }
  }

  test.each(["db", "app", "web", "cron"])(
    "a crash of %s under load: it comes back by itself, and no row is lost",
    async (name) => {
      await using load = new Load(instance.port, [...PAGES, ...FILES]);
      await writer.progress(5, 60);
      await load.progress(200, 60);
      const restarts = Number(await inspect(name, "{{.RestartCount}}"));
      // The main process as the host sees it: with `docker kill` the engine would take it for the operator's wish.
      await asRoot("kill", "-KILL", await inspect(name, "{{.State.Pid}}"));
      const deadline = Date.now() + 60_000;
      while (Number(await inspect(name, "{{.RestartCount}}")) === restarts) {
        if (Date.now() > deadline) throw new Error(`${name} was not started again`);
        await setTimeout(100);
      }
      await healthy(name);
      await load.progress(200, 60);
      await load.stop();
      const failed = load.total - load.served;
      if (name === "cron") expect(failed, "nobody notices").toBe(0);
      if (name === "app" || name === "web") expect(failed, "requests were under way").toBeGreaterThan(0);
      await expectSignIn(instance);
      await writer.expectNothingLost();
    },
  );

  test("a database that is gone for a minute: the application recovers without a restart, and no row is lost", async () => {
    await writer.progress(5, 30);
    const before = [await inspect("app", "{{.RestartCount}}"), await inspect("app", "{{.State.StartedAt}}")];
    const { id = "" } = (await instance.services())["db"] ?? {};
    await execa("docker", ["stop", id]);
    await setTimeout(60_000);
    expect((await instance.get("/common-afib/common/no_ie/")).status, "the application itself still answers").toBe(200);
    await execa("docker", ["start", id]);
    await healthy("db");
    await expectSignIn(instance);
    expect([await inspect("app", "{{.RestartCount}}"), await inspect("app", "{{.State.StartedAt}}")]).toEqual(before);
    await writer.expectNothingLost();
  });

  test("down and up: no row is lost", async () => {
    await writer.progress(5, 30);
    await instance.cli(["down", instance.name]);
    await instance.cli(["up", instance.name]);
    await writer.expectNothingLost();
    expect(writer.failed).toBeGreaterThan(0);
  });
});
