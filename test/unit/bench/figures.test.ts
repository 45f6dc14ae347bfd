import { describe, expect, test } from "vitest";
import { requestsPerSecond } from "../../../bench/support/load.ts";
import { ratios } from "../../../bench/support/pairs.ts";
import { summarize } from "../../../bench/support/statistics.ts";

test("median and quartiles are those of R and NumPy", () => {
  expect(summarize([10, 1, 4, 3])).toEqual({ median: 3.5, quartiles: [2.5, 5.5], range: [1, 10], count: 4 });
});

test("a ratio is that of a pair, not of two medians", () => {
  expect(ratios({ subject: [2, 9], reference: [1, 3] })).toEqual([2, 3]);
});

describe("ApacheBench's report", () => {
  const report = (failed: number, refused: string): string =>
    `Complete requests:      100\nFailed requests:        ${failed}\n${refused}Requests per second:    1234.50 [#/sec] (mean)\n`;

  test("gives requests per second", () => {
    expect(requestsPerSecond(report(0, ""), 100)).toBe(1234.5);
  });

  test.each([
    ["a request has failed", report(1, ""), 100],
    ["an answer is an error", report(0, "Non-2xx responses:      1\n"), 100],
    ["some are missing", report(0, ""), 101],
  ])("is refused when %s", (_reason, text, requests) => {
    expect(() => requestsPerSecond(text, requests)).toThrow("answered well");
  });
});
