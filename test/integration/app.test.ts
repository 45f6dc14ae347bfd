import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AGENT, ask } from "../support/http.ts";
import { AppContainers } from "./support/app-containers.ts";
import { eventually } from "./support/eventually.ts";
import { PAUSED, pauseOnce, WHO } from "./support/pause.ts";
import type { RunningService } from "./support/running-service.ts";
import { TestInstance } from "./support/test-instance.ts";
import { expectUnprivileged } from "./support/unprivileged.ts";

const LIVENESS = "/x/common/no_ie/";

let instance: TestInstance;
let web: RunningService;
let apps: AppContainers;

beforeAll(async () => {
  instance = await TestInstance.create();
  await instance.start("db");
  await instance.succeed();
  web = await instance.start("web");
  apps = new AppContainers(instance);
});
afterAll(() => instance?.[Symbol.asyncDispose]());

describe("the application", () => {
  let app: RunningService;

  beforeAll(async () => {
    app = await apps.start(1);
  });
  afterAll(() => app?.remove());

  test("serves through the socket that web shares", async () => {
    const port = await web.port(8080);
    const root = await ask(port, "/", { headers: AGENT });
    expect(root).toMatchObject({ status: 302, headers: { location: "/geqip-chuap/dem/" } });
    const home = await ask(port, "/geqip-chuap/dem/", { headers: AGENT });
    expect(home.status).toBe(302);
    const sign = await ask(port, String(home.headers.location), { headers: AGENT });
    expect(sign.status).toBe(200);
    expect(sign.text).toContain('name="form" value="sign-in"');
  });

  test("runs as uid 10001 without capabilities on a root file system that cannot be written to", async () => {
    const gunicorns = await app.pids(/gunicorn/);
    expect(gunicorns.length, "master and workers").toBeGreaterThanOrEqual(3);
    await expectUnprivileged(app, gunicorns, 10001, 10001);
  });

  test("lets its group, and nobody else, connect to its socket", async () => {
    const mode = await web.read("stat", "-Lc", "%a %u:%g", "/srv/biomaid/socket/app.sock");
    expect(mode.trim()).toMatch(/^[67][67]0 10001:10001$/);
  });

  test("keeps its secrets out of its environment", async () => {
    const secrets = await app.read("sh", "-c", "cat /run/secrets/*");
    const [master] = await app.pids(/gunicorn/);
    const seen = (await app.read("cat", `/proc/${master}/environ`)) + JSON.stringify(await app.inspect());
    for (const secret of secrets.trim().split("\n")) expect(seen).not.toContain(secret);
  });

  test("writes what it says to the log volume too, a JSON object for each line", async () => {
    const lines = (await app.read("cat", "/srv/biomaid/log/app.jsonl")).trim().split("\n");
    const records = lines.map((line) => JSON.parse(line) as Record<string, string>);
    const inService = records.find(({ line }) => line?.includes("In service"));
    expect(inService).toMatchObject({ service: "app", time: expect.stringMatching(/^\d{4}-.*[+-]\d\d:\d\d$/) });
  });
});

describe("a worker that is killed", () => {
  test("before it is warm, is replaced by one that helps the application into service", async () => {
    await instance.configure("50-pause.py", pauseOnce("worker"));
    const app = await instance.launch("app", apps.environment(1));
    await app.says(PAUSED);
    const pid = await app.read("cat", WHO);
    await app.read("sh", "-c", `kill -KILL ${pid}`);
    await app.healthy();
    expect(await apps.linked()).toBe(apps.socketOf(app, 1));
    expect((await app.inspect()).RestartCount, "gunicorn replaced it").toBe(0);
    await app.remove();
    await instance.removeSettings();
  });

  test("later on, is replaced by one that leaves the link to the container that has taken over", async () => {
    const first = await apps.start(1);
    const second = await apps.start(1);
    // Of two of one generation the second may answer, with its first worker, before all are warm and it takes over.
    await second.says(/In service: /);
    expect(await apps.linked()).toBe(apps.socketOf(second, 1));
    const [, ...workers] = await first.pids(/gunicorn/);
    await first.read("sh", "-c", `kill -KILL ${workers.join(" ")}`);
    // With none of the old ones left, an answer comes from one that has been through all of its start.
    await eventually("an answer by a new worker", 60, async () => {
      return (await first.exec(["biomaid", "health"])).status === 0 || undefined;
    });
    expect(await apps.linked()).toBe(apps.socketOf(second, 1));
    await first.remove();
    await second.remove();
  });
});

describe("a new generation", () => {
  test("replaces one that was killed, whatever its generation, and removes its socket", async () => {
    const killed = await apps.start(9);
    await killed.kill();
    await killed.remove();
    expect(await apps.sockets()).toContain(apps.socketOf(killed, 9));
    expect((await ask(await web.port(8080), LIVENESS, { headers: AGENT })).status).toBe(502);

    const next = await apps.start(1);
    expect(await apps.linked()).toBe(apps.socketOf(next, 1));
    expect(await apps.sockets()).toEqual([apps.socketOf(next, 1)]);
    expect((await ask(await web.port(8080), LIVENESS, { headers: AGENT })).status).toBe(200);
    await next.remove();
  });
});
