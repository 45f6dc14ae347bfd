import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { printed } from "../support/cli.ts";
import { startInstance, type TestInstance } from "../support/instance.ts";
import { application } from "../support/source.ts";

describe("logs, list, status and jobs", () => {
  let instance: TestInstance;

  beforeAll(async () => {
    instance = await startInstance();
  });
  afterAll(() => instance?.[Symbol.asyncDispose]());

  const json = async (...args: string[]) => JSON.parse((await instance.cli([...args, "--json"])).stdout);
  const runJob = (period: string) => instance.compose("exec", "-T", "cron", "biomaid", "job", period);

  test("status tells that everything is well", async () => {
    const status = await json("status", instance.name);
    expect(status).toMatchObject({
      name: instance.name,
      profile: "demo",
      folder: instance.folder,
      url: instance.url,
      condition: "running",
    });
    const healths = status.services.map(({ service, health }: Record<string, string>) => [service, health]);
    expect(Object.fromEntries(healths)).toEqual({
      db: "healthy",
      init: null,
      app: "healthy",
      web: "healthy",
      cron: "healthy",
    });
    expect(status.warnings).toEqual(application.isSample ? ["sample"] : []);

    const { stdout } = await instance.cli(["status", instance.name]);
    expect(stdout).toContain(`${instance.name} (demo): running`);
    expect(stdout).toContain(instance.url);
    expect(stdout).toMatch(/^web +healthy/m);
  });

  test("list shows each instance of the home", async () => {
    const expected = { name: instance.name, profile: "demo", url: instance.url, condition: "running" };
    expect(await json("list")).toEqual([expected]);
    const { stdout } = await instance.cli(["list"]);
    expect(stdout).toMatch(new RegExp(`^${instance.name} +demo +running +${instance.url}$`, "m"));
    const elsewhere = await instance.cli(["list", "--home", `${instance.home}/nowhere`]);
    expect(elsewhere.stdout).toBe("");
    expect(elsewhere.stderr).toContain("biomaid-compose up demo");
  });

  test("logs shows the services' output, as much as is asked for", async () => {
    await instance.get("/x/common/no_ie/?trace=me");
    const web = await instance.cli(["logs", instance.name, "web", "--tail", "1"]);
    const lines = stripVTControlCharacters(web.stdout).trim().split("\n");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("no_ie/?trace=me");
    expect((await instance.cli(["logs", instance.name])).stdout).toMatch(/init-1.*biomaid: migrate/);
    const { stderr } = await instance.cli(["logs", instance.name, "wep"], { exitStatus: 1 });
    expect(stderr).toContain("[SERVICE_UNKNOWN]");
    expect(stderr).toContain("db, init, app, web, cron");
  });

  test("logs --follow goes on until Ctrl-C", async () => {
    const following = instance.startCli(["logs", instance.name, "web", "--follow", "--tail", "0"]);
    const seen = printed(following, "no_ie/?trace=later");
    // Nothing tells when Compose listens: ask until it has heard.
    const asking = setInterval(() => void instance.get("/x/common/no_ie/?trace=later"), 200);
    await seen.finally(() => clearInterval(asking));
    following.kill("SIGINT");
    expect((await following).exitCode).toBe(130);
  });

  test("jobs shows each run with its outcome, newest last", async () => {
    // Of the four, those that the schedule hardly ever starts meanwhile.
    await runJob("weekly");
    await runJob("daily");
    const runs = await json("jobs", instance.name);
    const ours = runs.filter(({ period }: { period: string }) => ["weekly", "daily"].includes(period));
    expect(ours.slice(-2)).toMatchObject([
      { period: "weekly", outcome: "succeeded", exit_status: 0, error: null },
      { period: "daily", outcome: "succeeded", exit_status: 0, error: null },
    ]);
    expect(await json("jobs", instance.name, "--last", "1")).toHaveLength(1);
    const { stdout } = await instance.cli(["jobs", instance.name]);
    expect(stdout).toMatch(/^daily +\d{4}-\d\d-\d\dT\S+ +[\d.]+ s +succeeded$/m);
  });

  test("jobs says why the history cannot be read", async () => {
    const folder = "/srv/biomaid/log/jobs";
    await instance.compose("exec", "-T", "cron", "chmod", "0", folder);
    const { stderr } = await instance.cli(["jobs", instance.name], { exitStatus: 1 });
    await instance.compose("exec", "-T", "cron", "chmod", "0750", folder);
    expect(stderr).toContain("[JOBS_UNREADABLE]");
    expect(stderr).toContain("Permission denied");
    expect(stderr).toContain(`biomaid-compose logs ${instance.name} cron`);
  });

  if (application.isSample) {
    test("a job that fails with exit status 0 shows in jobs and warns in status", async () => {
      await instance.cli(["manage", instance.name, "--", "sample_switch", "job_fails", "daily", "on"]);
      await expect(runJob("daily")).rejects.toMatchObject({ exitCode: 1 });
      const { stdout } = await instance.cli(["jobs", instance.name]);
      expect(stdout).toMatch(/^daily .* failed: .*ERROR OCCURED IN JOB/m);
      const { stderr } = await instance.cli(["status", instance.name]);
      expect(stderr).toContain("biomaid-compose jobs");
      expect((await json("status", instance.name)).warnings).toContain("jobFailed");
    });
  }

  test("an instance whose application is stopped is failing", async () => {
    await instance.compose("stop", "app");
    expect(await json("status", instance.name)).toMatchObject({ condition: "failing" });
    await instance.compose("start", "app");
  });

  test("an instance that is down says so and still knows its jobs", async () => {
    await instance.cli(["down", instance.name]);
    expect(await json("status", instance.name)).toMatchObject({ condition: "down", services: [] });
    expect(await json("list")).toMatchObject([{ name: instance.name, condition: "down" }]);
    const runs = await json("jobs", instance.name);
    expect(runs.map(({ period }: { period: string }) => period)).toContain("weekly");
  });
});
