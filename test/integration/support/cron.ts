import type { RunningService } from "./running-service.ts";
import { type Options, TestInstance } from "./test-instance.ts";

/** One line of `biomaid jobs`. */
export interface Run {
  period: string;
  run: string;
  start: string;
  end: string | null;
  duration: number | null;
  outcome: string;
  exit_status: number | null;
  error: string | null;
}

/** An instance whose database is initialised: what cron waits for. */
export async function cronInstance(options: Options = {}): Promise<TestInstance> {
  const instance = await TestInstance.create(options);
  try {
    await instance.start("db");
    await instance.succeed();
    return instance;
  } catch (error) {
    await instance[Symbol.asyncDispose]();
    throw error;
  }
}

/** Starts cron with a crontab of seven fields: supercronic's first one is the seconds. */
export async function startCron(instance: TestInstance, ...lines: string[]): Promise<RunningService> {
  await instance.write("stack/app/crontab", lines.map((line) => `${line}\n`).join(""));
  return instance.start("cron");
}

export function parseRuns(output: string): Run[] {
  return output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Run);
}

/** The runs that a container which has the log volume knows of. */
export async function runsSeenBy(service: RunningService): Promise<Run[]> {
  return parseRuns(await service.read("biomaid", "jobs"));
}
