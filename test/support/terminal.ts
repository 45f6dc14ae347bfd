import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { BUILT_CLI, type CliOptions, commandEnvironment } from "./cli.ts";

/** A command of the CLI that runs on a pseudo-terminal. */
export interface TerminalSession {
  /** Resolves once this text stands on the terminal. */
  shows(text: string): Promise<void>;
  type(text: string): void;
  /** What stood on the terminal, without and with control sequences. */
  ended(): Promise<{ exitStatus: number | undefined; screen: string; raw: string }>;
}

export const CTRL_C = "\x03";

export interface TerminalOptions extends CliOptions {
  /** 0 is what a serial line or a bare pseudo-terminal says. */
  columns?: number;
}

/** Runs a command of the CLI on a pseudo-terminal, made by script(1) of util-linux. */
export function onTerminal(args: readonly string[], options: TerminalOptions = {}): TerminalSession {
  const program = [process.execPath, BUILT_CLI, ...args].map(quote).join(" ");
  const command = `stty rows 30 cols ${options.columns ?? 100}; exec ${program}`;
  const child = execa("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    reject: false,
    stdin: "pipe",
    env: { ...commandEnvironment(options.env), TERM: "xterm" },
  });
  let raw = "";
  let screen = "";
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    raw += text;
    screen += stripVTControlCharacters(text);
    for (const look of waiting) look();
  });
  return {
    shows: (text) =>
      new Promise((done, fail) => {
        const look = (): void => {
          if (!screen.includes(text)) return;
          waiting.delete(look);
          done();
        };
        waiting.add(look);
        look();
        void child.finally(() => fail(new Error(`ended without showing ${JSON.stringify(text)}:\n${screen}`)));
      }),
    type: (text) => {
      child.stdin.write(text);
    },
    async ended() {
      const { exitCode } = await child;
      return { exitStatus: exitCode, screen, raw };
    },
  };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
