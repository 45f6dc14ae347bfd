import type { Command } from "commander";
import { addCreationOptions, type CreationFlags, creationOptions } from "./creation-options.ts";
import type { CommandHost } from "./host.ts";

export function addInit(program: Command, host: CommandHost): void {
  const { help, answers } = host.messages;
  addCreationOptions(program.command("init <name>"), host.messages)
    .description(help.commands.init)
    .action(async (name: string, flags: CreationFlags) => {
      const { context, output } = await host.session();
      const { init } = await import("../operations/init.ts");
      const { paths, profile } = await init(context, name, creationOptions(flags));
      if (output.json) return output.data({ name, profile, folder: paths.folder, file: paths.file });
      output.answer(answers.created(name, paths.file));
      output.answer(answers.nextUp(name));
    });
}
