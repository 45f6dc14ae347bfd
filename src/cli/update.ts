import type { Command } from "commander";
import type { CommandHost } from "./host.ts";
import { warningText } from "./warnings.ts";

export function addUpdate(command: Command, host: CommandHost): void {
  const { help, answers } = host.messages;
  command
    .option("--ref <ref>", help.options.updateRef)
    .option("--check", help.options.check)
    .action(async (name: string, { ref, check = false }: { ref?: string; check?: boolean }) => {
      const { context, output } = await host.session();
      const { update } = await import("../operations/update.ts");
      const { shortCommit } = await import("./output.ts");
      const result = await update(context, name, { ref, check });
      if (output.json) return output.data(result);
      const { outcome, source, from, to, up } = result;
      const way = `${from === null ? "" : `${shortCommit(from)} → `}${shortCommit(to ?? "")}`;
      switch (outcome) {
        case "unversioned":
          return output.answer(answers.updateUnversioned(name, source));
        case "current":
          return output.answer(answers.updateCurrent(name, source, shortCommit(to ?? "")));
        case "available":
          output.answer(answers.updateAvailable(name, source, way));
          return output.answer(answers.nextUpdate(`${name}${ref === undefined ? "" : ` --ref ${ref}`}`));
        case "updated":
          output.answer(answers.updated(name, source, way));
          for (const warning of up?.warnings ?? [])
            output.warn(warningText(warning, up?.certificate ?? null, host.messages));
      }
    });
}
