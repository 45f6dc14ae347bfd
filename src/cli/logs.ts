import type { Command } from "commander";
import type { CommandHost } from "./host.ts";

export function addLogs(program: Command, host: CommandHost): void {
  const { help } = host.messages;
  program
    .command("logs <name> [services...]")
    .description(help.commands.logs)
    .option("-f, --follow", help.options.follow)
    .option("--tail <lines>", help.options.tail)
    .option("--since <time>", help.options.since)
    .action(async (name: string, services: string[], flags: { follow?: boolean; tail?: string; since?: string }) => {
      const { context } = await host.session();
      const { logs } = await import("../operations/enter.ts");
      const options = [
        ...(flags.follow ? ["--follow"] : []),
        ...(flags.tail === undefined ? [] : [`--tail=${flags.tail}`]),
        ...(flags.since === undefined ? [] : [`--since=${flags.since}`]),
      ];
      host.exit(await logs(context, name, options, services));
    });
}
