import { Command } from "commander";
import { packageVersion } from "../files/assets.ts";
import type { Messages } from "../messages/messages.ts";
import type { CommandHost } from "./host.ts";

type Define = (command: Command, host: CommandHost) => void;

/** In the order of the help. `load` gives what a command has beside its name and its description. */
const COMMANDS = {
  init: { usage: "init <name>", load: async () => (await import("./init.ts")).addInit },
  up: { usage: "up <name>", load: async () => (await import("./up.ts")).addUp },
  update: { usage: "update <name>", load: async () => (await import("./update.ts")).addUpdate },
  down: { usage: "down <name>", load: async () => (await import("./down.ts")).addDown },
  list: { usage: "list", load: async () => (await import("./list.ts")).addList },
  status: { usage: "status <name>", load: async () => (await import("./status.ts")).addStatus },
  logs: { usage: "logs <name> [services...]", load: async () => (await import("./logs.ts")).addLogs },
  local: { usage: "local", load: async () => (await import("./local.ts")).addLocal },
  manage: { usage: "manage <name> [arguments...]", load: async () => (await import("./manage.ts")).addManage },
  mail: { usage: "mail", load: async () => (await import("./mail.ts")).addMail },
  ldap: { usage: "ldap", load: async () => (await import("./ldap.ts")).addLdap },
  psql: { usage: "psql <name> [arguments...]", load: async () => (await import("./psql.ts")).addPsql },
  config: { usage: "config", load: async () => (await import("./config.ts")).addConfig },
  secrets: { usage: "secrets", load: async () => (await import("./secrets.ts")).addSecrets },
  jobs: { usage: "jobs <name>", load: async () => (await import("./jobs.ts")).addJobs },
  refs: { usage: "refs [name]", load: async () => (await import("./refs.ts")).addRefs },
  docs: { usage: "docs <name>", load: async () => (await import("./docs.ts")).addDocs },
  version: { usage: "version", load: async () => (await import("./version.ts")).addVersion },
} satisfies Record<string, { usage: string; load(): Promise<Define> }>;

/**
 * The command line. What a command is made of is loaded when it is asked for, so that `--help` stays fast.
 *
 * @param interruption aborted by Ctrl-C
 * @param exit told the exit status of a command that ends with another one than 0
 * @param wanted the name of the command that is going to run, or whose help is asked for
 */
export async function createProgram(
  messages: Messages,
  interruption: AbortSignal,
  exit: (status: number) => void,
  wanted: string | undefined,
): Promise<Command> {
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
  for (const name of Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]) {
    const { usage, load } = COMMANDS[name];
    const command = program.command(usage).description(help.commands[name]);
    if (name === wanted) (await load())(command, host);
  }
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
