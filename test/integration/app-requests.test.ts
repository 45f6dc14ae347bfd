import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AGENT, ask, FORM } from "../support/http.ts";
import { Load } from "../support/load.ts";
import { AppContainers, GRACE } from "./support/app-containers.ts";
import { eventually } from "./support/eventually.ts";
import type { RunningService } from "./support/running-service.ts";
import { TestInstance } from "./support/test-instance.ts";

const LIVENESS = "/x/common/no_ie/";

let instance: TestInstance;
let web: RunningService;
let apps: AppContainers;

beforeAll(async () => {
  instance = await TestInstance.create({ sample: true });
  await instance.start("db");
  await instance.succeed();
  web = await instance.start("web");
  apps = new AppContainers(instance);
});
afterAll(() => instance?.[Symbol.asyncDispose]());

test("logs no statement with its parameters", async () => {
  const app = await apps.start(1);
  const body = "label=private+words";
  const headers = { ...AGENT, ...FORM };
  expect((await ask(await web.port(8080), "/x/sample/rows/", { method: "POST", headers, body })).status).toBe(201);
  const logs = (await app.output()) + (await app.read("sh", "-c", "cat /srv/biomaid/log/*.jsonl"));
  expect(logs).not.toMatch(/private.words/);
  expect(logs).not.toContain("INSERT INTO");
  await app.remove();
});

describe("a stop", () => {
  test("lets the request that runs end, and takes no longer than it", async () => {
    const app = await apps.start(1);
    const port = await web.port(8080);
    const answer = ask(port, "/x/sample/slow/?seconds=3", { headers: AGENT });
    await eventually("the request in the application", 30, async () => {
      return (await web.read("cat", "/proc/net/unix")).includes(apps.socketOf(app, 1)) || undefined;
    });
    const start = Date.now();
    expect(await app.stop(GRACE)).toBe(0);
    expect(Date.now() - start, "not the time after which Docker kills").toBeLessThan(15_000);
    expect((await answer).status).toBe(200);
    await app.remove();
  });
});

describe("a new generation", () => {
  test("takes over under load without a failed request; an older one neither takes it back nor steals it", async () => {
    const port = await web.port(8080);
    const first = await apps.start(1);
    const second = await (async () => {
      await using load = new Load(port, [LIVENESS, LIVENESS, "/x/sample/slow/?seconds=0.5"]);
      const started = await apps.start(2);
      expect(await apps.linked()).toBe(apps.socketOf(started, 2));
      await idle(apps.socketOf(first, 1));
      await first.stop(GRACE);
      const sofar = load.total;
      await eventually("requests after the stop of the first", 30, async () => load.total > sofar + 20 || undefined);
      await load.stop();
      expect(Object.fromEntries(load.answers)).toEqual({ "200": load.total });
      return started;
    })();

    // A container of the past that comes back, as at a reboot.
    await first.start();
    await first.says(/Not in service: a newer generation/);
    expect(await apps.linked()).toBe(apps.socketOf(second, 2));

    // The same after a crash: Docker starts it again by itself.
    const said = (await first.output()).match(/Not in service/g)?.length ?? 0;
    const [supervisor] = await first.pids(/biomaid_runtime app/);
    await first.exec(["sh", "-c", `kill -KILL ${supervisor}`]);
    await eventually("the first one back", 60, async () => {
      const now = (await first.output()).match(/Not in service/g)?.length ?? 0;
      return now > said || undefined;
    });
    expect((await first.inspect()).RestartCount).toBe(1);
    expect(await apps.linked()).toBe(apps.socketOf(second, 2));
    expect((await ask(port, LIVENESS, { headers: AGENT })).status).toBe(200);
    await first.remove();
    await second.remove();
  });

  /** nginx's connections to a socket, waiting or being answered: they are in the network namespace of web. */
  async function idle(socket: string): Promise<void> {
    await eventually(`no request left on ${socket}`, 30, async () => {
      const table = await web.read("cat", "/proc/net/unix");
      return table.includes(socket) ? undefined : true;
    });
  }
});

describe("without a database", () => {
  test("application and cron wait for it and come up; the application outlives its absence", async () => {
    const db = instance.service("db");
    await db.stop(GRACE);
    const app = await instance.launch("app");
    const cron = await instance.launch("cron");
    await app.says(/waiting for the database at db:5432/);
    await cron.says(/waiting for the database at db:5432/);
    await db.start();
    await app.healthy();
    await cron.healthy();
    await cron.remove();
    const port = await web.port(8080);
    const add = (): Promise<{ status: number }> =>
      ask(port, "/x/sample/rows/", { method: "POST", headers: { ...AGENT, ...FORM }, body: "label=outage" });
    expect((await add()).status).toBe(201);

    await db.kill();
    expect((await add()).status).toBe(500);
    expect((await ask(port, LIVENESS, { headers: AGENT })).status).toBe(200);

    await db.start();
    await db.healthy();
    expect((await add()).status).toBe(201);
    expect(await instance.value("SELECT count(*)::int FROM sample_row WHERE label = 'outage'")).toBe(2);
    expect((await app.inspect()).RestartCount, "it recovered by itself").toBe(0);
    await app.remove();
  });
});
