import { join } from "node:path";
import { execa } from "execa";

/** The program as it is published: what `npm run build` made. */
export const BUILT_CLI = join(import.meta.dirname, "..", "..", "dist", "main.cjs");

export interface CliResult {
  exitStatus: number | undefined;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
  /** What the command has to end with; anything else fails the test, with all that the command printed. */
  exitStatus?: number;
  /** Another installation than the checkout's. */
  program?: string;
  /** A program, with its arguments, that runs the command: `nsenter` for instance. */
  within?: readonly string[];
  /** Options of Node's for the command. */
  nodeOptions?: readonly string[];
}

/** Nothing of the machine that runs the tests decides the language or the colours. */
const NEUTRAL = {
  LC_ALL: "C.UTF-8",
  LC_MESSAGES: undefined,
  LANG: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
  // Node and ora take a terminal under a CI for one without colours.
  CI: undefined,
  BIOMAID_HOME: undefined,
};

export function commandEnvironment(env: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { ...NEUTRAL, ...env };
}

/** A running command of the CLI: a real process. */
export function startCli(
  args: readonly string[],
  { input, env, cwd, program = BUILT_CLI, within = [], nodeOptions = [] }: CliOptions = {},
) {
  const [file = "", ...words] = [...within, process.execPath, ...nodeOptions, program, ...args];
  return execa(file, words, {
    reject: false,
    stripFinalNewline: false,
    all: true,
    env: commandEnvironment(env),
    ...(input === undefined ? { stdin: "ignore" } : { input }),
    ...(cwd === undefined ? {} : { cwd }),
  });
}

export type RunningCli = ReturnType<typeof startCli>;

/** Resolves once a running command has printed this text, on whichever stream. */
export function printed(command: RunningCli, text: string): Promise<void> {
  let seen = "";
  return new Promise((done, fail) => {
    command.all.on("data", (chunk: Buffer) => {
      seen += chunk.toString("utf8");
      if (seen.includes(text)) done();
    });
    const ended = (): void => fail(new Error(`ended without printing ${JSON.stringify(text)}:\n${seen}`));
    command.all.once("end", ended);
  });
}

/** Runs a command of the CLI to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return ended(startCli(args, options), options.exitStatus);
}

/** Waits for a command that was started; fails when it ends with another exit status than expected. */
async function ended(command: RunningCli, expected = 0): Promise<CliResult> {
  const { exitCode, signal, stdout, stderr, escapedCommand } = await command;
  if (exitCode !== expected) {
    const found = exitCode ?? signal;
    throw new Error(`exit status ${found} instead of ${expected}: ${escapedCommand}\n${stdout}\n${stderr}`);
  }
  return { exitStatus: exitCode, stdout: String(stdout), stderr: String(stderr) };
}
