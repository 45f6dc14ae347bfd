import { WEB_PORT } from "../../src/stack/input.ts";
import { startBareWeb } from "../support/bare-web.ts";
import type { Row } from "../support/bench.ts";
import { load } from "../support/load.ts";
import { pairs } from "../support/pairs.ts";

export const SIGN_IN_PAGE = { path: "/common-afib/common/sign/", requests: 800, clients: 8 };

export const signIn: Row = {
  name: "sign-in",
  async measure(bench) {
    const instance = await bench.instance();
    await using bare = await startBareWeb(bench, instance, true);
    const namespace = await instance.pid("web");
    const measured = await pairs(
      bench,
      bench.options.pairs,
      () => load(bench, { ...SIGN_IN_PAGE, port: WEB_PORT, namespace }),
      () => load(bench, { ...SIGN_IN_PAGE, port: bare.port }),
    );
    return [
      {
        what: "sign-in page, web in its network namespace ÷ bare nginx and gunicorn",
        bar: { sense: "≥", limit: 0.95 },
        unit: "ratio",
        pairs: { ...measured, unit: "requests/s" },
      },
    ];
  },
};
