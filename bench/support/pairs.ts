import { performance } from "node:perf_hooks";
import type { Bench } from "./bench.ts";

/** Both sides of a ratio, measured in turns. */
export interface Pairs {
  subject: number[];
  reference: number[];
}

export type Measurement = () => Promise<number>;

/** What both sides wear out or warm up (page cache, first requests) is paid by one round that does not count. */
export async function pairs(bench: Bench, count: number, subject: Measurement, reference: Measurement): Promise<Pairs> {
  const measured: Pairs = { subject: [], reference: [] };
  for (let round = 0; round <= count; round++) {
    // The other one first each time: whatever drifts meanwhile favours neither.
    const order = round % 2 === 0 ? (["subject", "reference"] as const) : (["reference", "subject"] as const);
    for (const side of order) {
      bench.interruption.throwIfAborted();
      const value = await (side === "subject" ? subject : reference)();
      bench.note(`  ${round === 0 ? "warm-up" : `${round}/${count}`} ${side} ${value.toPrecision(4)}`);
      if (round > 0) measured[side].push(value);
    }
  }
  return measured;
}

/** Of each pair, so that a noisy moment counts on both sides. */
export function ratios({ subject, reference }: Pairs): number[] {
  return subject.map((value, index) => value / (reference[index] ?? Number.NaN));
}

export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
