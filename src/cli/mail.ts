import type { Command } from "commander";
import type { CommandHost } from "./host.ts";

export function addMail(command: Command, host: CommandHost): void {
  const { help, answers } = host.messages;
  command.helpCommand(false);
  command
    .command("test <name> [address]")
    .description(help.commands.mailTest)
    .action(async (name: string, address: string | undefined) => {
      const { context, output } = await host.session();
      const { mailTest } = await import("../operations/mail-test.ts");
      const sent = await mailTest(context, name, address);
      if (output.json) return output.data(sent);
      output.answer(answers.mailSent(sent.address, sent.server));
      output.answer(`  ${sent.answer}`);
    });
}
