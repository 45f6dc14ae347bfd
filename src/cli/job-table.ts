import type { Messages } from "../messages/messages.ts";
import type { JobRun } from "../operations/jobs.ts";
import { table } from "./output.ts";

export function jobTable(runs: JobRun[], { titles, outcomes, periods, answers }: Messages): string {
  const rows = runs.map(({ period, start, duration, outcome, error }) => [
    periods[period] ?? period,
    start,
    duration === null ? "" : answers.seconds(duration.toFixed(1)),
    error === null ? outcomes[outcome] : answers.pair(outcomes[outcome], error),
  ]);
  return table([titles.period, titles.start, titles.duration, titles.outcome], rows);
}
