import { WEB_PORT } from "../../src/stack/input.ts";
import type { Result, Row } from "../support/bench.ts";
import { load } from "../support/load.ts";
import { pairs } from "../support/pairs.ts";
import { SIGN_IN_PAGE } from "./sign-in.ts";
import { STATIC_FILE } from "./static-file.ts";

export const publishedPort: Row = {
  name: "published-port",
  async measure(bench) {
    const instance = await bench.instance();
    const namespace = await instance.pid("web");
    const results: Result[] = [];
    for (const [what, page] of Object.entries({ "static file": STATIC_FILE, "sign-in page": SIGN_IN_PAGE })) {
      const measured = await pairs(
        bench,
        bench.options.pairs,
        () => load(bench, { ...page, port: instance.port }),
        () => load(bench, { ...page, port: WEB_PORT, namespace }),
      );
      results.push({
        what: `${what}, published port ÷ web in its network namespace`,
        unit: "ratio",
        pairs: { ...measured, unit: "requests/s" },
      });
    }
    return results;
  },
};
