import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./bench.ts";

/** The page that BiomAid answers without login (images/biomaid/runtime/biomaid_runtime/liveness.py). */
const LIVENESS = "/x/common/no_ie/";

/** A port of 127.0.0.1, or a Unix socket. */
export type Server = { port: number } | { socketPath: string };

/** Between two questions; the error of what is measured is no larger. */
const PAUSE_MS = 20;
const LIMIT_MS = 300_000;

/**
 * Asks for a page until it is answered with 200.
 *
 * @returns the moment, in milliseconds since 1970
 */
export async function firstAnswer(bench: Bench, server: Server, path = LIVENESS): Promise<number> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    if ((await statusOf(server, path)) === 200) return Date.now();
    if (Date.now() > deadline) throw new Error(`no 200 from ${JSON.stringify(server)} in ${LIMIT_MS / 1000} s`);
    await sleep(PAUSE_MS, undefined, { signal: bench.interruption });
  }
}

/** undefined where nobody answers yet. */
function statusOf(server: Server, path: string): Promise<number | undefined> {
  return new Promise((done) => {
    const asked = request(
      {
        ...("port" in server ? { host: "127.0.0.1" } : {}),
        ...server,
        path,
        agent: false,
        headers: { Host: "localhost", "User-Agent": "biomaid-bench" },
      },
      (response) => {
        response.resume();
        done(response.statusCode);
      },
    );
    asked.on("error", () => done(undefined));
    asked.end();
  });
}
