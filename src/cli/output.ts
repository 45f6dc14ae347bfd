import { stripVTControlCharacters, styleText } from "node:util";
import type { UserError } from "../errors/user-error.ts";
import type { Diagnostic } from "../instance/diagnostics.ts";
import type { ErrorText, Messages } from "../messages/messages.ts";

type Style = Parameters<typeof styleText>[0];

/** Colours only where a person looks at it, and never with NO_COLOR (no-color.org). */
function paint(style: Style, text: string, stream: NodeJS.WriteStream): string {
  return styleText(style, text, { stream, validateStream: true });
}

/** Where commands write: answers to stdout, all that is said about the work to stderr. */
export interface Output {
  json: boolean;
  messages: Messages;
  answer(text: string): void;
  data(value: unknown): void;
  note(text: string): void;
  warn(text: string): void;
  fail(error: UserError): void;
  bug(error: unknown): void;
}

export function createOutput(messages: Messages, json: boolean): Output {
  const stderr = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  const titled = (style: Style, title: string, text: string): string =>
    messages.answers.pair(paint(style, title, process.stderr), text);
  const report = (code: string, { what, next }: ErrorText, details: string[]): void => {
    if (json) {
      stderr(JSON.stringify({ error: { code, what, next, details } }, null, 2));
      return;
    }
    for (const line of details) stderr(`  ${printable(line)}`);
    stderr(titled("red", messages.answers.error, printable(what)));
    stderr(`→ ${printable(next)}`);
    stderr(paint("dim", `[${code}]`, process.stderr));
  };
  return {
    json,
    messages,
    answer: (text) => process.stdout.write(`${text}\n`),
    data: (value) => process.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    note: stderr,
    warn: (text) => stderr(titled("yellow", messages.answers.warning, text)),
    fail: (error) => report(error.code, describe(error, messages), detailLines(error, messages)),
    bug(error) {
      const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
      report("BUG", messages.answers.bug, told.split("\n"));
    },
  };
}

/** What other programs and files say, without the characters by which it could write anywhere on the terminal. */
function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{C}\n\t]/gu, "\u{fffd}");
}

/** Columns as wide as their widest cell, titles first. */
export function table(titles: string[], rows: string[][]): string {
  const all = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = (row: string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [paint("bold", line(titles), process.stdout), ...rows.map(line)].join("\n");
}

/** Enough of a commit for people to tell it from all others of a repository. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 12);
}

export function describe(error: UserError, messages: Messages): ErrorText {
  const text = messages.errors[error.code] as (parameters: unknown) => ErrorText;
  return text(error.parameters);
}

/** What stands above the error: every fault of a file, or the last lines of the program that failed. */
function detailLines(error: UserError, messages: Messages): string[] {
  const parameters = error.parameters as { diagnostics?: Diagnostic[]; lines?: string[]; path?: string };
  const faults = parameters.diagnostics?.map((fault) => diagnosticLine(parameters.path ?? "", fault, messages));
  return faults ?? parameters.lines ?? [];
}

export function diagnosticLine(
  path: string,
  { line, column, setting, problem }: Diagnostic,
  messages: Messages,
): string {
  const text = messages.problems[problem.kind] as (parameters: unknown) => string;
  return `${path}:${line}:${column}: ${setting === "" ? "" : `${setting} `}${text(problem)}`;
}
