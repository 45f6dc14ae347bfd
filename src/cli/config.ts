import type { Command } from "commander";
import type { CommandHost } from "./host.ts";

export function addConfig(program: Command, host: CommandHost): void {
  const { help, answers } = host.messages;
  const config = program.command("config").description(help.commands.config).helpCommand(false);
  config
    .command("validate <name>")
    .description(help.commands.configValidate)
    .action(async (name: string) => {
      const { context, output } = await host.session();
      const { openInstance } = await import("../instance/instance.ts");
      const { paths } = await openInstance(context.home, name);
      if (output.json) return output.data({ name, file: paths.file, valid: true });
      output.answer(answers.fileValid(paths.file));
    });
  config
    .command("show <name>")
    .description(help.commands.configShow)
    .action(async (name: string) => {
      const { context, output } = await host.session();
      const { openInstance } = await import("../instance/instance.ts");
      const { profile, settings } = await openInstance(context.home, name);
      if (output.json) return output.data({ profile, ...settings });
      const { stringify } = await import("yaml");
      output.answer(stringify({ profile, ...settings }).trimEnd());
    });
  config
    .command("schema")
    .description(help.commands.configSchema)
    .action(async () => {
      const { output } = await host.session();
      const { jsonSchema } = await import("../instance/schema.ts");
      output.data(jsonSchema());
    });
}
