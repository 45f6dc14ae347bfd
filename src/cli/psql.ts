import type { Command } from "commander";
import type { CommandHost } from "./host.ts";

export function addPsql(command: Command, host: CommandHost): void {
  const { help } = host.messages;
  command.description(`${help.commands.psql} (${help.arguments.psql})`).action(async (name: string, args: string[]) => {
    const { context } = await host.session();
    const { psql } = await import("../operations/enter.ts");
    host.exit(await psql(context, name, args));
  });
}
