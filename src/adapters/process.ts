import { execa, type Options, type Result } from "execa";
import { UserError } from "../errors/user-error.ts";

const FORWARDED_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs the programs that the CLI relies on, and tells about each one before (`--verbose`). */
export interface ProcessRunner {
  /** @param onLine hears every line of output as it comes */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Hands the terminal over to the program; gives its exit status, undefined when the program was not found. */
  interactive(program: string, args: readonly string[], options?: InteractiveOptions): Promise<number | undefined>;
}

/** Variables beside this process's own; undefined takes one away. */
type Variables = Record<string, string | undefined>;

export interface InteractiveOptions {
  cwd?: string;
  environment?: Variables;
  /** Told each signal that ends this process otherwise; the program gets it unless this says that it was dealt with. */
  onSignal?: (signal: NodeJS.Signals) => Promise<boolean>;
}

export interface RunOptions {
  cwd?: string;
  environment?: Variables;
  onLine?: (line: string) => void;
  /** Milliseconds after which the program is ended. */
  timeout?: number;
  /** The descriptor of an open file that the program gets as its standard input; it gets none otherwise. */
  stdin?: number;
  /** In place of that: what the program reads there. */
  input?: string;
}

export interface RunResult {
  /** undefined when the program was not found or was ended by a signal. */
  exitStatus: number | undefined;
  output: string;
  errors: string;
  missing: boolean;
}

/**
 * @param announce is told each command line before it runs
 * @param interruption ends the program that runs, when aborted; `run` then throws UserError INTERRUPTED
 */
export function createProcessRunner(
  announce: (program: string, args: readonly string[], cwd: string | undefined) => void,
  interruption: AbortSignal,
): ProcessRunner {
  return {
    async run(program, args, { cwd, environment, onLine, timeout, stdin, input } = {}) {
      announce(program, args, cwd);
      const options = {
        reject: false,
        // The types of execa know the descriptors that a shell can name only.
        ...(input === undefined ? { stdin: (stdin as 3 | undefined) ?? "ignore" } : { input }),
        all: true,
        cancelSignal: interruption,
        ...(cwd === undefined ? {} : { cwd }),
        ...(environment === undefined ? {} : { env: environment }),
        ...(timeout === undefined ? {} : { timeout }),
      } satisfies Options;
      const child = execa(program, args, options);
      if (onLine !== undefined) {
        for await (const line of child.iterable({ from: "all" })) onLine(String(line));
      }
      const result = await child.catch((error: Result) => error);
      if (interruption.aborted) throw new UserError("INTERRUPTED", {});
      return {
        exitStatus: result.exitCode,
        output: String(result.stdout ?? ""),
        errors: String(result.stderr ?? ""),
        missing: "code" in result && result.code === "ENOENT",
      };
    },
    async interactive(program, args, { cwd, environment, onSignal } = {}) {
      announce(program, args, cwd);
      const child = execa(program, args, {
        reject: false,
        stdio: "inherit",
        // In a session of its own, a Ctrl-C typed at the terminal reaches the CLI alone, which knows what to do with it.
        detached: onSignal !== undefined && !hasTerminal(),
        ...(cwd === undefined ? {} : { cwd }),
        ...(environment === undefined ? {} : { env: environment }),
      });
      const forward = (signal: NodeJS.Signals): void => {
        const handled = onSignal?.(signal) ?? Promise.resolve(false);
        // With a terminal the child gets what is typed there by itself.
        const alone = signal !== "SIGINT" || !hasTerminal();
        // An engine that no longer answers leaves the program itself to be ended.
        void handled.catch(() => false).then((done) => !done && alone && child.kill(signal));
      };
      for (const signal of FORWARDED_SIGNALS) process.on(signal, forward);
      try {
        const result = await child;
        if ("code" in result && result.code === "ENOENT") return undefined;
        return result.exitCode ?? 1;
      } finally {
        for (const signal of FORWARDED_SIGNALS) process.off(signal, forward);
      }
    },
  };
}

/** Whether there is a terminal at both ends. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}
