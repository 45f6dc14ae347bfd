import type { Command } from "commander";
import type { CommandHost } from "./host.ts";

export function addLocal(command: Command, host: CommandHost): void {
  const { help, answers } = host.messages;
  command.helpCommand(false);
  command
    .command("copy <name>")
    .description(help.commands.localCopy)
    .option("--from <folder>", help.options.from)
    .action(async (name: string, { from }: { from?: string }) => {
      const { context, output } = await host.session();
      const { copyLocal } = await import("../operations/local-copy.ts");
      const copy = await copyLocal(context, name, from);
      if (output.json) return output.data(copy);
      output.answer(answers.localCopied(copy.from, copy.version, copy.folder));
      output.answer(answers.nextUp(name));
    });
  command
    .command("update <name>")
    .description(help.commands.localUpdate)
    .action(async (name: string) => {
      const { context, output } = await host.session();
      const { updateLocal } = await import("../operations/local-update.ts");
      const update = await updateLocal(context, name);
      if (output.json) return output.data(update);
      const { ref, before, commit } = update;
      if (before === commit) return output.answer(answers.localKept(ref, commit));
      output.answer(answers.localMoved(ref, before, commit));
      output.answer(answers.nextUp(name));
    });
}
