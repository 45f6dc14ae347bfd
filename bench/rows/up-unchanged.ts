import type { Row } from "../support/bench.ts";
import { pairs, seconds } from "../support/pairs.ts";

export const upUnchanged: Row = {
  name: "up-unchanged",
  async measure(bench) {
    const instance = await bench.instance();
    const measured = await pairs(
      bench,
      bench.options.pairs,
      () => seconds(() => instance.cli(["up", instance.name])),
      () => seconds(() => instance.compose("up", "-d", "--wait")),
    );
    return [
      {
        what: "`biomaid-compose up` with nothing changed ÷ `docker compose up -d --wait`",
        bar: { sense: "≤", limit: 1.25 },
        unit: "ratio",
        pairs: { ...measured, unit: "s" },
      },
    ];
  },
};
