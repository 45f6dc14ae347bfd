import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buildImage } from "../../src/adapters/builder.ts";
import { writeBuildSecrets } from "../../src/adapters/host.ts";
import { stageSource } from "../../src/operations/resolve-source.ts";
import { biomaidPlan } from "../../src/release/build-plan.ts";
import { removeImage } from "../../test/support/engine.ts";
import type { Row } from "../support/bench.ts";
import { seconds } from "../support/pairs.ts";

/** A module that BiomAid and the sample application both have. */
const CHANGED = "common/views.py";

export const rebuild: Row = {
  name: "rebuild",
  async measure(bench) {
    const { context, instance, source, bases, recipes, release } = bench.planned;
    // The image itself has to be there: what is measured is a build after it.
    const { name } = await bench.instance();
    const folder = join(bench.folder, "rebuild");
    const code = join(folder, "source");
    await mkdir(code, { recursive: true });
    await stageSource(context, instance, source, code);
    const secrets = await writeBuildSecrets(context.processes, context.environment, folder, bases.suite);
    const tag = `biomaid-compose/biomaid:${name}-rebuild`;
    const plan = { ...biomaidPlan(release, instance.settings.application, bases, recipes, code), tag };
    await using disposables = new AsyncDisposableStack();
    disposables.defer(() => removeImage(tag));
    const values: number[] = [];
    for (let count = 0; count <= bench.options.pairs; count++) {
      bench.interruption.throwIfAborted();
      // The first one is the build of the code as it is.
      if (count > 0) await appendFile(join(code, CHANGED), `\n# ${name} ${count}\n`);
      const took = await seconds(async () => {
        const { exitStatus, lines } = await buildImage(context.processes, plan, secrets, () => {});
        if (exitStatus !== 0) throw new Error(lines.join("\n"));
      });
      bench.note(`  ${count}/${bench.options.pairs} ${took.toPrecision(4)}`);
      if (count > 0) values.push(took);
    }
    return [
      {
        what: "`docker buildx build` after a change of one line of code",
        bar: { sense: "≤", limit: 2 },
        unit: "s",
        values,
      },
    ];
  },
};
