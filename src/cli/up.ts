import type { Command } from "commander";
import { addCreationOptions, type CreationFlags, creationOptions } from "./creation-options.ts";
import type { CommandHost } from "./host.ts";
import { warningText } from "./warnings.ts";

export function addUp(command: Command, host: CommandHost): void {
  const { help, answers } = host.messages;
  addCreationOptions(command, host.messages)
    .option("--other-data", help.options.otherData)
    .action(async (name: string, { otherData, ...flags }: CreationFlags & { otherData?: true }) => {
      const { context, output } = await host.session();
      const { up } = await import("../operations/up.ts");
      const result = await up(context, name, { ...(await creationOptions(flags)), otherData });
      if (output.json) return output.data(result);
      output.answer(result.sample ? answers.sampleIsUp(name) : answers.isUp(name, result.version));
      output.answer(`  ${result.url}`);
      if (result.mails !== null) output.answer(`  ${answers.mailsAt(result.mails)}`);
      for (const { username, password } of result.logins) output.answer(`  ${answers.login(username, password)}`);
      // A production instance begins without any user.
      if (result.firstUser) output.answer(answers.nextSuperuser(name));
      if (result.published.length > 0) output.answer(answers.isPublished(result.published.join(", ")));
      for (const warning of result.warnings) output.warn(warningText(warning, result.certificate, host.messages));
    });
}
