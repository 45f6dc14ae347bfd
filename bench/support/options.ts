import { parseArgs } from "node:util";

export interface Options {
  /** What the CLI and the images are made from. */
  source: string;
  ref: string | undefined;
  /** Names of the rows to measure. */
  rows: readonly string[];
  /** How many pairs a ratio is the median of. */
  pairs: number;
  title: string;
}

/** Below that a quartile says little. */
const PAIRS = 10;

export const USAGE = `usage: npm run bench -- [--source DIR] [--ref REF] [--rows NAME,…] [--pairs N]
  --source  as for biomaid-compose up (default: BIOMAID_SOURCE and BIOMAID_REF, else the sample application)
  --rows    some rows only
  --pairs   measurements of each side (default: ${PAIRS}; fewer are for trying only)
`;

/** @returns what is wrong, as a string, for a command line that cannot be understood */
export function readOptions(args: string[], known: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        source: { type: "string", default: process.env["BIOMAID_SOURCE"] || "sample" },
        ref: { type: "string" },
        rows: { type: "string", default: known.join() },
        pairs: { type: "string", default: String(PAIRS) },
      },
    });
    const rows = values.rows.split(",");
    const unknown = rows.filter((name) => !known.includes(name));
    if (unknown.length > 0) return `no such row: ${unknown.join()}; there are ${known.join(", ")}`;
    const pairs = Number(values.pairs);
    if (!Number.isInteger(pairs) || pairs < 1) return `--pairs ${values.pairs}: not a number of measurements`;
    const { source } = values;
    const inherited = source === process.env["BIOMAID_SOURCE"] ? process.env["BIOMAID_REF"] : undefined;
    const ref = values.ref ?? inherited;
    return { source, ref, rows, pairs, title: `source: ${source}${ref ? ` at ${ref}` : ""}; ${pairs} pairs` };
  } catch (error) {
    return (error as Error).message;
  }
}
