import { WEB_PORT } from "../../src/stack/input.ts";
import { startBareWeb } from "../support/bare-web.ts";
import type { Row } from "../support/bench.ts";
import { load } from "../support/load.ts";
import { pairs } from "../support/pairs.ts";

/** Short runs, and many: a busy moment then spoils few pairs. */
const TIMES = 3;

export const STATIC_FILE = { path: "/static/local/Logo%20BiomAid.png", requests: 60_000, clients: 16 };

export const staticFile: Row = {
  name: "static-file",
  async measure(bench) {
    const instance = await bench.instance();
    await using bare = await startBareWeb(bench, instance, false);
    const namespace = await instance.pid("web");
    const measured = await pairs(
      bench,
      bench.options.pairs * TIMES,
      () => load(bench, { ...STATIC_FILE, port: WEB_PORT, namespace }),
      () => load(bench, { ...STATIC_FILE, port: bare.port }),
    );
    return [
      {
        what: "static file, web in its network namespace ÷ bare nginx",
        bar: { sense: "≥", limit: 0.95 },
        unit: "ratio",
        pairs: { ...measured, unit: "requests/s" },
      },
    ];
  },
};
