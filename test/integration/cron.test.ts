import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cronInstance, parseRuns, type Run, runsSeenBy, startCron } from "./support/cron.ts";
import { eventually } from "./support/eventually.ts";
import type { RunningService } from "./support/running-service.ts";
import type { TestInstance } from "./support/test-instance.ts";

const PERIODS = ["quarter_hourly", "hourly", "daily", "weekly"];
/** ISO 8601, in Paris. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0[12]:00$/;

let instance: TestInstance;

beforeAll(async () => {
  instance = await cronInstance({ sample: true });
});
afterAll(() => instance?.[Symbol.asyncDispose]());

async function runs(service: RunningService, period?: string): Promise<Run[]> {
  const all = await runsSeenBy(service);
  return period ? all.filter((run) => run.period === period) : all;
}

async function flip(name: string, period: string, value: string): Promise<void> {
  await instance.succeed(["manage", "sample_switch", name, period, value]);
}

test("supercronic runs each of the four periods, and a job that hides its failure has failed", async () => {
  await flip("job_fails", "hourly", "on");
  const cron = await startCron(
    instance,
    ...PERIODS.map((period, index) => `${index * 2}/8 * * * * * * biomaid job ${period}`),
  );
  const ended = await eventually("a run of each period", 60, async () => {
    const done = (await runs(cron)).filter(({ end }) => end !== null);
    return PERIODS.every((period) => done.some((run) => run.period === period)) ? done : undefined;
  });
  await cron.stop(60);

  for (const period of PERIODS) {
    const run = ended.find((candidate) => candidate.period === period);
    expect(run).toMatchObject({ start: expect.stringMatching(TIME), end: expect.stringMatching(TIME), exit_status: 0 });
    const seconds = (Date.parse(run?.end ?? "") - Date.parse(run?.start ?? "")) / 1000;
    expect(run?.duration).toBeCloseTo(seconds, 1);
    if (period === "hourly") {
      expect(run).toMatchObject({ outcome: "failed", error: expect.stringContaining("ERROR OCCURED IN") });
    } else {
      expect(run).toMatchObject({ outcome: "succeeded", error: null });
    }
  }
  const rows = await instance.sql(
    "SELECT DISTINCT period FROM sample_jobrun WHERE ended_at IS NOT NULL ORDER BY period",
  );
  expect(rows.map(({ period }) => period)).toEqual(["daily", "quarter_hourly", "weekly"]);
  await flip("job_fails", "hourly", "off");
  await cron.remove();

  // Elsewhere than in the container that ran them, which is gone.
  const later = parseRuns(await instance.succeed(["jobs"]));
  expect(later).toEqual(expect.arrayContaining(ended));
  expect(parseRuns(await instance.succeed(["jobs", "--last", "2"]))).toEqual(later.slice(-2));
  const log = (await instance.shell("cat /srv/biomaid/log/cron.jsonl")).trim().split("\n");
  const said = log.map((line) => JSON.parse(line) as { service: string; line: string });
  expect(said.some(({ service, line }) => service === "cron" && line.includes("ERROR OCCURED IN"))).toBe(true);
});

describe("a job that takes its time", () => {
  const SLEEP = 6;
  let cron: RunningService;

  beforeAll(async () => {
    await flip("job_sleeps", "daily", String(SLEEP));
    cron = await startCron(instance, "* * * * * * * biomaid job daily");
  });
  afterAll(() => flip("job_sleeps", "daily", "off"));

  async function running(): Promise<Run> {
    return eventually("a job that runs", 30, async () => {
      return (await runs(cron, "daily")).find(({ outcome }) => outcome === "running");
    });
  }

  test("is not started a second time meanwhile, by whomever", async () => {
    await running();
    const second = await cron.exec(["biomaid", "job", "daily"]);
    expect(second).toMatchObject({ status: 0, stdout: expect.stringContaining("skipped") });
    expect((await runs(cron, "daily")).at(-1)).toMatchObject({ outcome: "skipped", exit_status: 0 });

    const first = await eventually("the end of the first", 30, async () => {
      return (await runs(cron, "daily")).find((run) => run.outcome === "succeeded" && (run.duration ?? 0) >= SLEEP);
    });
    const overlapping = (await runs(cron, "daily")).filter(
      (run) =>
        run.run !== first.run && run.outcome !== "skipped" && run.start > first.start && run.start < (first.end ?? ""),
    );
    expect(overlapping).toEqual([]);
  });

  test("ends before cron does, when cron is told to stop", async () => {
    const run = await running();
    expect(await cron.stop(60)).toBe(0);
    const ended = parseRuns(await instance.succeed(["jobs"])).find((candidate) => candidate.run === run.run);
    expect(ended).toMatchObject({ outcome: "succeeded", duration: expect.any(Number) });
    expect(ended?.duration).toBeGreaterThanOrEqual(SLEEP);
    expect(
      await instance.value("SELECT count(*)::int FROM sample_jobrun WHERE period = 'daily' AND ended_at IS NULL"),
    ).toBe(0);
  });

  test("that is killed is told from one that runs, and does not keep the next from running", async () => {
    await cron.start();
    const run = await running();
    await cron.kill();
    const after = parseRuns(await instance.succeed(["jobs"])).find((candidate) => candidate.run === run.run);
    expect(after).toMatchObject({ outcome: "killed", end: null, duration: null });

    await cron.start();
    const next = await eventually("another run", 30, async () => {
      return (await runs(cron, "daily")).find(
        (candidate) => candidate.outcome === "running" && candidate.run !== run.run,
      );
    });
    expect(next.start > run.start).toBe(true);
    await cron.remove();
  });
});

test("an unknown period is an error, and leaves no record", async () => {
  const before = await instance.succeed(["jobs"]);
  const { status, output } = await instance.run(["job", "fortnightly"]);
  expect(status).toBe(2);
  expect(output).toMatch(/unknown period 'fortnightly'.*hourly/);
  expect(await instance.succeed(["jobs"])).toBe(before);
});

describe("the files of the log volume", () => {
  test("the history is rotated, and read with its older files", async () => {
    const old =
      '{"period": "weekly", "run": "old", "event": "ended", "start": "2020-01-01T00:00:00.000+01:00", "outcome": "succeeded"}';
    const folder = "/srv/biomaid/log/jobs";
    await instance.shell(
      `cd ${folder}; rm -f weekly.jsonl*; echo '${old}' >weekly.jsonl; head -c 999900 /dev/zero | tr '\\0' ' ' >>weekly.jsonl; echo >>weekly.jsonl`,
    );
    await instance.succeed(["job", "weekly"]);
    const sizes = await instance.shell(`cd ${folder}; stat -c '%n %s' weekly.jsonl*`);
    expect(sizes).toMatch(/^weekly\.jsonl \d{1,4}$/m);
    expect(sizes).toMatch(/^weekly\.jsonl\.1 1000\d{3}$/m);
    const weekly = parseRuns(await instance.succeed(["jobs"])).filter(({ period }) => period === "weekly");
    expect(weekly.map(({ outcome }) => outcome)).toEqual(["succeeded", "succeeded"]);
    expect(weekly[0]?.run).toBe("old");
  });

  test("the history keeps three older files, and no more of a job's last words than a screenful", async () => {
    const folder = "/srv/biomaid/log/jobs";
    await instance.shell(
      `cd ${folder}; for n in '' .1 .2 .3; do head -c 999900 /dev/zero | tr '\\0' ' ' >weekly.jsonl$n; done`,
    );
    await instance.configure(
      "10.py",
      'import sys\nif "runjobs" in sys.argv: print("ERROR OCCURED IN JOB " + "x" * 3_000_000)\n',
    );
    const { status } = await instance.run(["job", "weekly"]);
    await instance.removeSettings();
    expect(status).toBe(1);
    const sizes = (await instance.shell(`cd ${folder}; stat -c '%n %s' weekly.jsonl*`)).trim().split("\n");
    expect(sizes.map((line) => line.split(" ")[0])).toEqual(["", ".1", ".2", ".3"].map((end) => `weekly.jsonl${end}`));
    for (const line of sizes) expect(Number(line.split(" ")[1]), line).toBeLessThanOrEqual(1_000_000);
    const last = parseRuns(await instance.succeed(["jobs", "--last", "1"]))[0];
    expect(last).toMatchObject({
      period: "weekly",
      outcome: "failed",
      error: expect.stringMatching(/^ERROR OCCURED IN JOB x/),
    });
    expect(last?.error?.length).toBeLessThanOrEqual(1000);
  });

  test("a service's log is rotated", async () => {
    const log = "/srv/biomaid/log/init.jsonl";
    await instance.shell(`head -c 9999999 /dev/zero | tr '\\0' ' ' >${log}; echo >>${log}`);
    await instance.succeed();
    expect(await instance.shell(`stat -c %s ${log}.1`)).toBe("10000000\n");
    const lines = (await instance.shell(`cat ${log}`)).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { service: "init", line: "biomaid: nothing to do", time: expect.stringMatching(TIME) },
    ]);
  });
});
