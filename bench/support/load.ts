import type { Bench } from "./bench.ts";

export interface Target {
  port: number;
  path: string;
  requests: number;
  /** Connections at a time, kept open. */
  clients: number;
  headers?: Record<string, string>;
  /** PID of a process in whose network namespace 127.0.0.1 is meant; the host's without. */
  namespace?: string;
}

/** No run takes longer, however slow the machine. */
const LIMIT_MS = 120_000;

/**
 * Asks for a page again and again with ApacheBench, on 127.0.0.1 only.
 *
 * @returns requests per second
 * @throws Error when an answer is none or not a 2xx
 */
export async function load(
  bench: Bench,
  { port, path, requests, clients, headers = {}, namespace }: Target,
): Promise<number> {
  const ab = [
    "ab",
    "-q",
    "-k",
    // The length of an answer may vary.
    "-l",
    ...["-n", String(requests), "-c", String(clients), "-s", "60", "-H", "Host: localhost"],
    ...Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
    `http://127.0.0.1:${port}${path}`,
  ];
  const [program = "", ...args] = namespace === undefined ? ab : ["nsenter", `--net=/proc/${namespace}/ns/net`, ...ab];
  return requestsPerSecond(await bench.run(program, args, { timeout: LIMIT_MS }), requests);
}

/** Reads ApacheBench's report. */
export function requestsPerSecond(report: string, requests: number): number {
  const figure = (title: string): number => Number(new RegExp(`^${title}: +([\\d.]+)`, "m").exec(report)?.[1] ?? 0);
  const good = figure("Complete requests") - figure("Failed requests") - figure("Non-2xx responses");
  if (good !== requests) throw new Error(`${good} of ${requests} requests were answered well:\n${report}`);
  return figure("Requests per second");
}
