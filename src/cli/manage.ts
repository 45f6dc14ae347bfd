import type { Command } from "commander";
import type { CommandHost } from "./host.ts";

export function addManage(command: Command, host: CommandHost): void {
  const { help } = host.messages;
  command
    .description(`${help.commands.manage} (${help.arguments.manage})`)
    .action(async (name: string, args: string[]) => {
      const { context } = await host.session();
      const { manage } = await import("../operations/enter.ts");
      host.exit(await manage(context, name, args));
    });
}
