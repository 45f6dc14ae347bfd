import type { Command } from "commander";
import type { Context } from "../operations/context.ts";
import type { CommandHost } from "./host.ts";
import type { Output } from "./output.ts";
import { warningText } from "./warnings.ts";

export function addConfig(command: Command, host: CommandHost): void {
  const { help, answers } = host.messages;
  command.helpCommand(false);
  command
    .command("validate <name>")
    .description(help.commands.configValidate)
    .action(async (name: string) => {
      const { context, output } = await host.session();
      const { openInstance } = await import("../instance/instance.ts");
      const { paths } = await openInstance(context.home, name);
      if (output.json) return output.data({ name, file: paths.file, valid: true });
      output.answer(answers.fileValid(paths.file));
    });
  command
    .command("show <name>")
    .description(help.commands.configShow)
    .action(async (name: string) => {
      const { context, output } = await host.session();
      await show(context, output, name);
    });
  command
    .command("get <name> [setting]")
    .description(help.commands.configGet)
    .action(async (name: string, setting: string | undefined) => {
      const { context, output } = await host.session();
      if (setting === undefined) return show(context, output, name);
      const { readSetting } = await import("../operations/configure.ts");
      const found = await readSetting(context, name, setting);
      if (output.json) return output.data(found);
      const { stringify } = await import("yaml");
      output.answer(typeof found.value === "string" ? found.value : stringify(found.value).trimEnd());
    });
  for (const [usage, description] of [
    ["set <name> <setting> <value>", help.commands.configSet],
    ["unset <name> <setting>", help.commands.configUnset],
  ] as const) {
    command
      .command(usage)
      .description(description)
      .action(async (name: string, setting: string, value: unknown) => {
        const { context, output } = await host.session();
        const { changeSetting } = await import("../operations/configure.ts");
        const text = typeof value === "string" ? value : undefined;
        const change = await changeSetting(context, name, setting, text);
        if (output.json) return output.data(change);
        for (const warning of change.warnings) output.warn(warningText(warning, null, host.messages));
        const shown = JSON.stringify(change.value);
        if (!change.changed) return output.answer(answers.settingKept(setting, shown));
        const say = change.from === "file" ? answers.settingChanged : answers.settingRemoved;
        output.answer(say(setting, shown, change.file));
        output.answer(answers.nextUp(name));
      });
  }
  command
    .command("schema")
    .description(help.commands.configSchema)
    .action(async () => {
      const { output } = await host.session();
      const { jsonSchema } = await import("../instance/schema.ts");
      output.data(jsonSchema(host.messages.language));
    });
}

async function show(context: Context, output: Output, name: string): Promise<void> {
  const { openInstance } = await import("../instance/instance.ts");
  const { profile, settings } = await openInstance(context.home, name);
  if (output.json) return output.data({ profile, ...settings });
  const { stringify } = await import("yaml");
  output.answer(stringify({ profile, ...settings }).trimEnd());
}
