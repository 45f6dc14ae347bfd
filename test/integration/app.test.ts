import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "./support/eventually.ts";
import { AGENT, ask, FORM } from "./support/http.ts";
import { Load } from "./support/load.ts";
import { PAUSED, pauseOnce, WHO } from "./support/pause.ts";
import type { RunningService } from "./support/running-service.ts";
import { TestInstance } from "./support/test-instance.ts";
import { expectUnprivileged } from "./support/unprivileged.ts";

const LIVENESS = "/x/common/no_ie/";
/** A request takes at most 0.5 s in these tests; a stop waits for it. */
const GRACE = 60;

let instance: TestInstance;
let web: RunningService;

beforeAll(async () => {
  instance = await TestInstance.create();
  await instance.start("db");
  await instance.succeed();
  web = await instance.start("web");
});
afterAll(() => instance?.[Symbol.asyncDispose]());

function startApp(generation: number): Promise<RunningService> {
  return instance.start("app", environment(generation));
}

function environment(generation: number): { environment: Record<string, string> } {
  return { environment: { ...instance.definition("app").environment, BIOMAID_GENERATION: String(generation) } };
}

function socketOf(app: RunningService, generation: number): string {
  return `${generation}-${app.hostname}.sock`;
}

async function linked(): Promise<string> {
  return (await web.read("readlink", "/srv/biomaid/socket/app.sock")).trim();
}

async function sockets(): Promise<string[]> {
  const names = (await web.read("ls", "/srv/biomaid/socket")).trim().split("\n");
  return names.filter((name) => name !== "app.sock").sort();
}

describe("the application", () => {
  let app: RunningService;

  beforeAll(async () => {
    app = await startApp(1);
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

  test("logs no statement with its parameters", async () => {
    const body = "label=private+words";
    const headers = { ...AGENT, ...FORM };
    expect((await ask(await web.port(8080), "/x/sample/rows/", { method: "POST", headers, body })).status).toBe(201);
    const logs = (await app.output()) + (await app.read("sh", "-c", "cat /srv/biomaid/log/*.jsonl"));
    expect(logs).not.toMatch(/private.words/);
    expect(logs).not.toContain("INSERT INTO");
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
    const app = await instance.launch("app", environment(1));
    await app.says(PAUSED);
    const pid = await app.read("cat", WHO);
    await app.read("sh", "-c", `kill -KILL ${pid}`);
    await app.healthy();
    expect(await linked()).toBe(socketOf(app, 1));
    expect((await app.inspect()).RestartCount, "gunicorn replaced it").toBe(0);
    await app.remove();
    await instance.removeSettings();
  });

  test("later on, is replaced by one that leaves the link to the container that has taken over", async () => {
    const first = await startApp(1);
    const second = await startApp(1);
    expect(await linked()).toBe(socketOf(second, 1));
    const [, ...workers] = await first.pids(/gunicorn/);
    await first.read("sh", "-c", `kill -KILL ${workers.join(" ")}`);
    // With none of the old ones left, an answer comes from one that has been through all of its start.
    await eventually("an answer by a new worker", 60, async () => {
      return (await first.exec(["biomaid", "health"])).status === 0 || undefined;
    });
    expect(await linked()).toBe(socketOf(second, 1));
    await first.remove();
    await second.remove();
  });
});

describe("a stop", () => {
  test("lets the request that runs end, and takes no longer than it", async () => {
    const app = await startApp(1);
    const port = await web.port(8080);
    const answer = ask(port, "/x/sample/slow/?seconds=3", { headers: AGENT });
    await eventually("the request in the application", 30, async () => {
      return (await web.read("cat", "/proc/net/unix")).includes(socketOf(app, 1)) || undefined;
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
    const first = await startApp(1);
    const second = await (async () => {
      await using load = new Load(port, [LIVENESS, LIVENESS, "/x/sample/slow/?seconds=0.5"]);
      const started = await startApp(2);
      expect(await linked()).toBe(socketOf(started, 2));
      await idle(socketOf(first, 1));
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
    expect(await linked()).toBe(socketOf(second, 2));

    // The same after a crash: Docker starts it again by itself.
    const said = (await first.output()).match(/Not in service/g)?.length ?? 0;
    const [supervisor] = await first.pids(/biomaid_runtime app/);
    await first.exec(["sh", "-c", `kill -KILL ${supervisor}`]);
    await eventually("the first one back", 60, async () => {
      const now = (await first.output()).match(/Not in service/g)?.length ?? 0;
      return now > said || undefined;
    });
    expect((await first.inspect()).RestartCount).toBe(1);
    expect(await linked()).toBe(socketOf(second, 2));
    expect((await ask(port, LIVENESS, { headers: AGENT })).status).toBe(200);
    await first.remove();
    await second.remove();
  });

  test("replaces one that was killed, whatever its generation, and removes its socket", async () => {
    const killed = await startApp(9);
    await killed.kill();
    await killed.remove();
    expect(await sockets()).toContain(socketOf(killed, 9));
    expect((await ask(await web.port(8080), LIVENESS, { headers: AGENT })).status).toBe(502);

    const next = await startApp(1);
    expect(await linked()).toBe(socketOf(next, 1));
    expect(await sockets()).toEqual([socketOf(next, 1)]);
    expect((await ask(await web.port(8080), LIVENESS, { headers: AGENT })).status).toBe(200);
    await next.remove();
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
