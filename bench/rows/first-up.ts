import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PATHS } from "../../src/stack/input.ts";
import { removeContainer } from "../../test/support/engine.ts";
import { GUNICORN, LOCAL, SOURCE } from "../support/bare-app.ts";
import type { Bench, Row } from "../support/bench.ts";
import { firstAnswer } from "../support/first-answer.ts";
import { BenchInstance } from "../support/instance.ts";
import { pairs } from "../support/pairs.ts";

export const firstUp: Row = {
  name: "first-up",
  async measure(bench) {
    // Builds what is missing, and generates the files that the sequence by hand is run with.
    await bench.instance();
    await using byHand = await BenchInstance.reserve(bench);
    await byHand.up();
    const measured = await pairs(
      bench,
      bench.options.pairs,
      async () => {
        await using fresh = await BenchInstance.reserve(bench);
        // Awaited here: without it the instance would be removed before it is up.
        return await fresh.up();
      },
      () => sequence(bench, byHand),
    );
    return [
      {
        what: "first `up`, images built ÷ migrate, loaddata, collectstatic, check and gunicorn by hand",
        bar: { sense: "≤", limit: 1.15 },
        unit: "ratio",
        pairs: { ...measured, unit: "s" },
      },
    ];
  },
};

/**
 * What BiomAid's own guide does (docs/sysadmin/installation.rst), in a container like that of app, on a database that has just
 * been made.
 *
 * @returns the seconds from the container's start to the first 200
 */
async function sequence(bench: Bench, instance: BenchInstance): Promise<number> {
  const { local, fixtures, workers } = JSON.parse(
    await readFile(join(instance.folder, "stack", "app", "settings.json"), "utf8"),
  );
  const script = [
    "set -e",
    `cd ${SOURCE}`,
    `ln -s ${SOURCE}/${local} ${LOCAL}`,
    "python manage.py migrate --noinput",
    `python manage.py loaddata ${fixtures.join(" ")}`,
    "BIOMAID_STATIC_ROOT=/srv/biomaid/state/static python manage.py collectstatic --noinput",
    "python manage.py check",
    `exec ${GUNICORN} --workers ${workers} --umask 7 --bind unix:${PATHS.socket}/by-hand.sock dra.wsgi`,
  ];
  await instance.compose("down", "--volumes");
  await instance.compose("up", "--detach", "--wait", "db");
  const run = ["run", "--detach", "--no-deps", "--entrypoint", "sh", "app", "-c", script.join("\n")];
  const id = (await instance.compose(...run)).trim();
  try {
    const socketPath = join(await instance.volume("socket"), "by-hand.sock");
    const answered = await firstAnswer(bench, { socketPath });
    const started = Date.parse(await bench.run("docker", ["inspect", "--format", "{{.State.StartedAt}}", id]));
    return (answered - started) / 1000;
  } finally {
    // `down` leaves containers of `run` alone, and they would keep their volumes: the next one would meet this gunicorn.
    await removeContainer(id);
  }
}
