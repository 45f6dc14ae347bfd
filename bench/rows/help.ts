import { BUILT_CLI } from "../../test/support/cli.ts";
import type { Row } from "../support/bench.ts";
import { pairs, seconds } from "../support/pairs.ts";

/** They take milliseconds: more of them cost nothing. */
const TIMES = 3;

export const help: Row = {
  name: "help",
  async measure(bench) {
    const measured = await pairs(
      bench,
      bench.options.pairs * TIMES,
      () => seconds(() => bench.run(process.execPath, [BUILT_CLI, "--help"])),
      () => seconds(() => bench.run(process.execPath, ["-e", "0"])),
    );
    return [
      {
        what: "`biomaid-compose --help` ÷ `node -e 0`",
        bar: { sense: "≤", limit: 1.8 },
        unit: "ratio",
        pairs: { ...measured, unit: "s" },
      },
    ];
  },
};
