import { afterAll, beforeAll, expect, test } from "vitest";
import { type Consumption, consumptionOf } from "../support/consumption.ts";
import { application } from "../support/source.ts";
import { cronInstance, parseRuns, type Run, runsSeenBy, startCron } from "./support/cron.ts";
import { eventually } from "./support/eventually.ts";
import type { RunningService } from "./support/running-service.ts";
import type { TestInstance } from "./support/test-instance.ts";

/** What the guide's schedule has in 24 hours. */
const DAY = { quarter_hourly: 96, hourly: 24, daily: 1 };
/**
 * Where the jobs begin, in seconds and minutes: a quarter of an hour is a second, what takes longer waits for the next
 * one, and there is a quiet time now and then. BiomAid's jobs take seconds, so theirs is a whole minute.
 */
const [SECONDS, MINUTES] = application.isSample ? ["0-49", "*"] : ["0-59", "0-59/4,1-59/4,2-59/4"];
const CRONTAB = [
  `${SECONDS} ${MINUTES} * * * * * biomaid job quarter_hourly`,
  `${SECONDS}/4 ${MINUTES} * * * * * biomaid job hourly`,
  `30 ${MINUTES} * * * * * biomaid job daily`,
];
/** Minutes. */
const LIMIT = application.isSample ? 7 : 35;
/** Bytes for each run: two lines of history and a few lines of output; BiomAid prints about 28, warnings for the most part. */
const LOG = application.isSample ? 4000 : 10_000;
/** BiomAid's hourly job writes to the user of this key, whom its fixtures lack: without, each run of it fails. */
const ALERTED =
  "from django.contrib.auth import get_user_model; get_user_model().objects.create_user(pk=79, username='alerted')";
const MEGABYTE = 2 ** 20;

let instance: TestInstance;

beforeAll(async () => {
  instance = await cronInstance();
  if (!application.isSample) await instance.succeed(["manage", "shell", "-c", ALERTED]);
});
afterAll(() => instance?.[Symbol.asyncDispose]());

test(
  "a day's 121 runs through supercronic are all recorded, and leave nothing behind",
  async () => {
    const cron = await startCron(instance, ...CRONTAB);
    await ended(cron, { quarter_hourly: 3, hourly: 3, daily: 0 });
    const before = await look(cron);
    const started = performance.now();
    const runs = await ended(cron, DAY);
    const seconds = (performance.now() - started) / 1000;
    const after = await look(cron);

    const durations = runs.map(({ duration }) => duration ?? 0).sort((one, other) => one - other);
    console.log(
      `${runs.length} runs in ${seconds.toFixed(0)} s; a run takes ${durations[Math.floor(durations.length / 2)]} s (median), ${durations.at(-1)} s at most`,
    );
    console.table({ before: before.consumption, after: after.consumption });

    expect(runs.filter(({ outcome }) => outcome !== "succeeded")).toEqual([]);
    // Every start that supercronic tells of has a record with its outcome.
    await cron.stop(60);
    const said = await cron.output();
    const recorded = parseRuns(await instance.succeed(["jobs"])).filter(({ outcome }) => outcome === "succeeded");
    expect(said.match(/msg="job succeeded"/g)).toHaveLength(recorded.length);
    expect(said).not.toMatch(/level=error|msg="error running command/);
    if (application.isSample) {
      // Its jobs write down each run of theirs, in a table.
      const written = await instance.value("SELECT count(*)::int FROM sample_jobrun WHERE ended_at IS NOT NULL");
      expect(written).toBe(recorded.length);
    }

    expect(after.consumption).toMatchObject({ zombies: 0, restarts: 0, outOfMemory: false });
    expect(after.consumption.processes).toBe(before.consumption.processes);
    expect(after.consumption.files).toBe(before.consumption.files);
    expect(after.consumption.memory).toBeLessThan(before.consumption.memory * 1.25 + 16 * MEGABYTE);
    expect(after.connections).toBe(0);
    expect(after.files).toEqual(before.files);
    expect(after.log - before.log).toBeLessThan(runs.length * LOG);
  },
  (LIMIT + 10) * 60_000,
);

interface State {
  consumption: Consumption;
  connections: unknown;
  /** Names of all files beside the log volume. */
  files: string[];
  /** Bytes on the log volume. */
  log: number;
}

/** Between two runs, when there is nothing but supercronic. */
async function look(cron: RunningService): Promise<State> {
  return eventually("a moment without a job", 5 * 60, async () => {
    if ((await cron.pids(/runjobs|biomaid job/)).length > 0) return undefined;
    const consumption = await consumptionOf(cron.container.id);
    const connections = await instance.value(
      "SELECT count(*)::int FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()",
    );
    const files = await cron.read(
      "find",
      "/tmp",
      "/var/tmp",
      "/run/biomaid",
      "/srv/biomaid/state",
      "/srv/biomaid/media",
      "/dev/shm",
    );
    const log = await cron.read("sh", "-c", "cat /srv/biomaid/log/*.jsonl* /srv/biomaid/log/jobs/*.jsonl* | wc -c");
    if ((await cron.pids(/runjobs|biomaid job/)).length > 0 || connections !== 0) return undefined;
    return { consumption, connections, files: files.trim().split("\n").sort(), log: Number(log) };
  });
}

/** The runs, once there are as many of each period that have ended. */
function ended(cron: RunningService, wanted: typeof DAY): Promise<Run[]> {
  const periods = Object.keys(DAY) as (keyof typeof DAY)[];
  return eventually("the runs", LIMIT * 60, async () => {
    const runs = (await runsSeenBy(cron)).filter(({ outcome }) => outcome !== "running");
    const enough = periods.every((period) => runs.filter((run) => run.period === period).length >= wanted[period]);
    return enough ? runs : undefined;
  });
}
