import { parseArgs } from "node:util";
import { CommanderError } from "commander";
import { EXIT_STATUS, UserError } from "../errors/user-error.ts";
import { chooseLanguage, isLanguage, loadMessages, type Messages } from "../messages/messages.ts";
import { createOutput } from "./output.ts";
import { createProgram } from "./program.ts";

/**
 * Runs the CLI.
 *
 * @param argv as in process.argv
 * @returns the exit status (README.md has the list)
 */
export async function run(argv: string[]): Promise<number> {
  const { lang, json, command } = readAhead(argv.slice(2));
  const messages = await loadMessages(chooseLanguage(lang, process.env));
  const output = createOutput(messages, json);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  let exitStatus: number = EXIT_STATUS.success;
  try {
    if (lang !== undefined && !isLanguage(lang))
      throw new UserError("SETTING_INVALID", { option: "--lang", value: lang });
    const exit = (status: number): void => {
      exitStatus = status;
    };
    const program = await createProgram(messages, interruption.signal, exit, command);
    await program.parseAsync(argv);
    return exitStatus;
  } catch (error) {
    if (error instanceof CommanderError) return usage(error, messages, output.fail);
    const known = error instanceof UserError ? error : fileError(error);
    if (known !== undefined) {
      output.fail(known);
      return interruption.signal.aborted ? EXIT_STATUS.interrupted : known.exitStatus;
    }
    output.bug(error);
    return EXIT_STATUS.bug;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

/**
 * The language and the form of errors have to be known before the command line is read for good, to speak of its errors; and
 * the command, to load it. Of the options before a command, those that are here have a value.
 */
function readAhead(args: string[]): { lang: string | undefined; json: boolean; command: string | undefined } {
  const options = { lang: { type: "string" }, home: { type: "string" }, json: { type: "boolean" } } as const;
  const end = args.indexOf("--");
  const before = end < 0 ? args : args.slice(0, end);
  const { values, positionals } = parseArgs({ args: before, options, strict: false, allowPositionals: true });
  const command = positionals[0] === "help" ? positionals[1] : positionals[0];
  return { lang: typeof values.lang === "string" ? values.lang : undefined, json: values.json === true, command };
}

/** What the system refuses of a file or folder (errno(3)) is for the operator to put right; other exceptions are bugs. */
function fileError(error: unknown): UserError | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  const refusals = ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "EISDIR", "ENOTDIR", "ENAMETOOLONG", "EIO"];
  if (code === undefined || !refusals.includes(code)) return undefined;
  return new UserError("FILE_REFUSED", { detail: message }, { cause: error });
}

function usage(error: CommanderError, messages: Messages, fail: (error: UserError) => void): number {
  if (error.exitCode === 0 || error.code === "commander.help")
    return error.exitCode === 0 ? EXIT_STATUS.success : EXIT_STATUS.usage;
  const given = /'([^']*)'/.exec(error.message)?.[1] ?? error.message.replace(/^error: /, "");
  const kind = error.code.replace("commander.", "") as keyof Messages["help"]["usageErrors"];
  const texts = messages.help.usageErrors;
  fail(new UserError("USAGE", { detail: (texts[kind] ?? texts.other)(given) }));
  return EXIT_STATUS.usage;
}
