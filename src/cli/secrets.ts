import type { Command } from "commander";
import type { CommandHost } from "./host.ts";

export function addSecrets(command: Command, host: CommandHost): void {
  const { help, answers } = host.messages;
  command.helpCommand(false);
  for (const [usage, description, forget] of [
    ["rotate <name>", help.commands.secretsRotate, false],
    ["forget <name>", help.commands.secretsForget, true],
  ] as const) {
    command
      .command(usage)
      .description(description)
      .action(async (name: string) => {
        const { context, output } = await host.session();
        const { forgetFormerKey, rotateKey } = await import("../operations/secret-key.ts");
        const result = await (forget ? forgetFormerKey : rotateKey)(context, name);
        if (output.json) return output.data(result);
        if (!result.changed) return output.answer(answers.noFormerKey(name));
        output.answer(forget ? answers.formerKeyForgotten(name) : answers.keyRotated(name));
        output.answer(answers.nextUp(name));
      });
  }
}
