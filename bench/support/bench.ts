import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Options as ExecaOptions, execa } from "execa";
import { parseSource } from "../../src/release/source.ts";
import { type PlannedRelease, planRelease } from "../../test/support/release.ts";
import { keepImages } from "./images.ts";
import { BenchInstance } from "./instance.ts";
import type { Options } from "./options.ts";
import type { Pairs } from "./pairs.ts";

/** One measured line of the table. */
export interface Result {
  what: string;
  /** What is good enough. */
  bar?: { sense: "≥" | "≤"; limit: number };
  unit: "ratio" | "s" | "MB";
  values?: readonly number[];
  /** For a ratio: subject ÷ reference of each pair. */
  pairs?: Pairs & { unit: string };
}

export interface Row {
  name: string;
  measure(bench: Bench): Promise<Result[]>;
}

/** What rows work with; all that it made goes when it is disposed of. */
export interface Bench extends AsyncDisposable {
  options: Options;
  interruption: AbortSignal;
  /** A folder for whatever rows put on disk. */
  folder: string;
  /** The release of the source: where it stands before its build. */
  planned: PlannedRelease;
  /** An instance that is up, made at the first call. */
  instance(): Promise<BenchInstance>;
  /** Runs a program to its end, which has to be a good one. */
  run(program: string, args: readonly string[], options?: ExecaOptions): Promise<string>;
  note(text: string): void;
}

export async function openBench(options: Options, interruption: AbortSignal): Promise<Bench> {
  await using disposables = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "biomaid-bench-"));
  // Servers that run as other users have their files in it.
  await chmod(folder, 0o755);
  disposables.defer(() => rm(folder, { recursive: true, force: true }));
  const wanted = parseSource(options.source, options.ref, process.cwd());
  const planned = await planRelease(join(folder, "planned"), "bench", wanted, interruption);
  disposables.use(await keepImages(planned));
  const moved = disposables.move();
  let instance: Promise<BenchInstance> | undefined;
  const bench: Bench = {
    options,
    interruption,
    folder,
    planned,
    instance() {
      instance ??= BenchInstance.reserve(bench).then(async (reserved) => {
        moved.use(reserved);
        bench.note(`  up ${reserved.name}`);
        await reserved.up();
        return reserved;
      });
      return instance;
    },
    async run(program, args, given = {}) {
      const { stdout } = await execa(program, args, { stdin: "ignore", ...given, cancelSignal: interruption });
      return String(stdout ?? "");
    },
    note: (text) => void process.stderr.write(`${text}\n`),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
  return bench;
}
