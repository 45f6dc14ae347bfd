import type { Result } from "./bench.ts";
import { ratios } from "./pairs.ts";
import { summarize } from "./statistics.ts";

export type Measured = Result & { row: string };

const TITLES = ["row", "what", "bar", "median", "quartiles", "min–max", "n", "medians of the two sides"];

/** In Markdown, to be pasted as it is. */
export function table(results: readonly Measured[]): string {
  const lines = [TITLES, TITLES.map(() => "---"), ...results.map(cells)];
  return lines.map((line) => `| ${line.join(" | ")} |\n`).join("");
}

function cells({ row, what, bar, unit, values, pairs }: Measured): string[] {
  const { median, quartiles, range, count } = summarize(pairs ? ratios(pairs) : (values ?? []));
  const suffix = unit === "ratio" ? "" : ` ${unit}`;
  const sides = pairs
    ? [pairs.subject, pairs.reference].map((side) => `${number(summarize(side).median)} ${pairs.unit}`).join(" ÷ ")
    : "";
  const met = bar && (bar.sense === "≥" ? median >= bar.limit : median <= bar.limit);
  return [
    row,
    what,
    bar ? `${bar.sense} ${bar.limit}${suffix}${met ? "" : " **missed**"}` : "reported",
    `${number(median)}${suffix}`,
    quartiles.map(number).join("–"),
    range.map(number).join("–"),
    String(count),
    sides,
  ];
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3);
}
