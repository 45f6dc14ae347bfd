import { Command } from "commander";
import { packageVersion } from "../files/assets.ts";
import type { Messages } from "../messages/messages.ts";
import { addConfig } from "./config.ts";
import { addDocs } from "./docs.ts";
import { addDown } from "./down.ts";
import type { CommandHost } from "./host.ts";
import { addInit } from "./init.ts";
import { addJobs } from "./jobs.ts";
import { addLdap } from "./ldap.ts";
import { addList } from "./list.ts";
import { addLocal } from "./local.ts";
import { addLogs } from "./logs.ts";
import { addMail } from "./mail.ts";
import { addManage } from "./manage.ts";
import { addPsql } from "./psql.ts";
import { addRefs } from "./refs.ts";
import { addSecrets } from "./secrets.ts";
import { addStatus } from "./status.ts";
import { addUp } from "./up.ts";
import { addUpdate } from "./update.ts";
import { addVersion } from "./version.ts";

const COMMANDS = [
  addInit,
  addUp,
  addUpdate,
  addDown,
  addList,
  addStatus,
  addLogs,
  addLocal,
  addManage,
  addMail,
  addLdap,
  addPsql,
  addConfig,
  addSecrets,
  addJobs,
  addRefs,
  addDocs,
  addVersion,
];

/**
 * The command line. What a command needs is loaded when it runs, so that `--help` stays fast.
 *
 * @param interruption aborted by Ctrl-C
 * @param exit told the exit status of a command that ends with another one than 0
 */
export function createProgram(messages: Messages, interruption: AbortSignal, exit: (status: number) => void): Command {
  const { help } = messages;
  const program = new Command("biomaid-compose");
  program
    .description(help.program)
    .option("--json", help.options.json)
    .option("--lang <language>", help.options.lang)
    .option("--home <folder>", help.options.home)
    .option("--verbose", help.options.verbose)
    .option("--no-color", help.options.noColor)
    .version(packageVersion(), "--version", help.options.version)
    .helpOption("-h, --help", help.options.help)
    .helpCommand("help [command]", help.commands.help)
    .addHelpText("after", `\n${help.exitStatuses}`)
    .exitOverride()
    // Errors are told in the operator's language (run.ts); help, when it is the answer to no command at all, is not one.
    .configureOutput({ outputError: () => {} })
    .configureHelp({
      styleTitle: (title) => translateTitle(title, messages),
      optionDescription: ({ description, defaultValue }) =>
        typeof defaultValue === "string" ? `${description} (${help.byDefault(defaultValue)})` : description,
      showGlobalOptions: true,
    });
  program.on("option:no-color", () => {
    process.env["NO_COLOR"] = "1";
    // Node lets FORCE_COLOR win; what is said on the command line is stronger than the environment.
    delete process.env["FORCE_COLOR"];
  });
  const host: CommandHost = {
    messages,
    exit,
    session: async () => (await import("./session.ts")).openSession(program.opts(), messages, interruption),
  };
  for (const add of COMMANDS) add(program, host);
  return program;
}

function translateTitle(title: string, { help: { titles } }: Messages): string {
  const known: Record<string, string> = {
    "Usage:": titles.usage,
    "Arguments:": titles.arguments,
    "Options:": titles.options,
    "Commands:": titles.commands,
    "Global Options:": titles.globalOptions,
  };
  return known[title] ?? title;
}
