import { once } from "node:events";
import { ROWS } from "./rows.ts";
import { openBench } from "./support/bench.ts";
import { machine } from "./support/machine.ts";
import { readOptions, USAGE } from "./support/options.ts";
import { missingRequirements } from "./support/requirements.ts";
import { type Measured, table } from "./support/table.ts";

const options = readOptions(
  process.argv.slice(2),
  ROWS.map(({ name }) => name),
);
if (typeof options === "string") {
  process.stderr.write(`${options}\n\n${USAGE}`);
  process.exit(2);
}
const missing = await missingRequirements();
if (missing.length > 0) {
  process.stderr.write(`${missing.join("\n")}\n`);
  process.exit(1);
}
const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => interruption.abort());

// The table is the answer, whatever it says about the bars: a bench measures, tests pass or fail.
const measured: Measured[] = [];
const before = await machine();
try {
  await using bench = await openBench(options, interruption.signal);
  for (const row of ROWS.filter(({ name }) => options.rows.includes(name))) {
    bench.note(row.name);
    for (const result of await row.measure(bench)) measured.push({ row: row.name, ...result });
  }
} catch (error) {
  if (!interruption.signal.aborted) throw error;
  process.stderr.write("interrupted\n");
  process.exitCode = 130;
} finally {
  const after = await machine();
  const text = `${options.title}\n\nbefore: ${before}\n\nafter: ${after}\n\n${table(measured)}`;
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}
