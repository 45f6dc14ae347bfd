import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { removeImage } from "../../test/support/engine.ts";
import type { Bench, Row } from "../support/bench.ts";
import { firstAnswer } from "../support/first-answer.ts";
import type { BenchInstance } from "../support/instance.ts";
import { pairs } from "../support/pairs.ts";

/** Python's own modules keep theirs: what is compared is what the build of the image compiles. */
const WITHOUT_BYTECODE = `
USER 0
RUN find /opt/biomaid /srv/biomaid/source -name __pycache__ -prune -exec rm -rf {} +
USER 10001:10001
`;

export const bytecode: Row = {
  name: "bytecode",
  async measure(bench) {
    const instance = await bench.instance();
    const { app } = bench.planned.release.images;
    const stripped = `biomaid-compose/biomaid:${instance.name}-without-bytecode`;
    await using disposables = new AsyncDisposableStack();
    disposables.defer(() => removeImage(stripped));
    await bench.run("docker", ["buildx", "build", "--load", "--provenance=false", `--tag=${stripped}`, "-"], {
      input: `FROM ${app}${WITHOUT_BYTECODE}`,
      stdin: "pipe",
    });
    const files = await Promise.all([app, stripped].map((image, index) => composeFile(bench, image, index)));
    // The instance as `up` made it, for the rows that follow; and so that nothing uses the image when it is removed.
    disposables.defer(async () => void (await instance.compose("up", "--detach", "--wait")));
    const [compiled, plain] = files.map((file) => () => bootSeconds(bench, instance, file)) as [Boot, Boot];
    const measured = await pairs(bench, bench.options.pairs, compiled, plain);
    return [
      {
        what: "start of gunicorn's container → first 200, with the image's bytecode ÷ without",
        bar: { sense: "≤", limit: 0.65 },
        unit: "ratio",
        pairs: { ...measured, unit: "s" },
      },
    ];
  },
};

type Boot = () => Promise<number>;

/** Beside compose.yaml: the same container but for its image. */
async function composeFile(bench: Bench, image: string, index: number): Promise<string> {
  const file = join(bench.folder, `bytecode-${index}.yaml`);
  await writeFile(file, JSON.stringify({ services: { app: { image } } }));
  return file;
}

async function bootSeconds(bench: Bench, instance: BenchInstance, file: string): Promise<number> {
  const files = ["--file", "compose.yaml", "--file", file];
  await instance.compose(...files, "up", "--detach", "--no-deps", "--force-recreate", "app");
  const answered = await firstAnswer(bench, { port: instance.port });
  const started = Date.parse(await instance.inspect("app", "{{.State.StartedAt}}"));
  return (answered - started) / 1000;
}
