import type { Command } from "commander";
import type { CommandHost } from "./host.ts";

export function addLogs(command: Command, host: CommandHost): void {
  const { help } = host.messages;
  command
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
