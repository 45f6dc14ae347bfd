import type { Command } from "commander";
import { addCreationOptions, type CreationFlags, creationOptions } from "./creation-options.ts";
import type { CommandHost } from "./host.ts";
import { warningText } from "./warnings.ts";

export function addInit(command: Command, host: CommandHost): void {
  const { help, answers } = host.messages;
  addCreationOptions(command, host.messages)
    .option("--yes", help.options.noQuestions)
    .action(async (name: string, { yes, ...flags }: CreationFlags & { yes?: boolean }) => {
      const { context, output } = await host.session();
      const { init, requireNew } = await import("../operations/init.ts");
      const { operatorSecrets } = await import("../instance/operator-secrets.ts");
      await requireNew(context, name);
      const asking = process.stdin.isTTY && process.stderr.isTTY && !yes && !output.json;
      // Said before anything is asked: what an option has wrong.
      const given = await creationOptions(flags);
      const options = asking
        ? await creationOptions(await (await import("./questions.ts")).askCreation(name, flags, host.messages))
        : given;
      const instance = await init(context, name, options);
      const { paths, profile, settings } = instance;
      if (output.json) return output.data({ name, profile, folder: paths.folder, file: paths.file });
      output.answer(answers.created(name, paths.file));
      for (const file of Object.values(operatorSecrets(settings)))
        output.answer(answers.nextPassword(`${paths.secrets}/${file}`));
      output.answer(answers.nextUp(name));
      const { isUnderDevelopment } = await import("../instance/instance.ts");
      if (isUnderDevelopment(instance)) output.warn(warningText("development", null, host.messages));
    });
}
