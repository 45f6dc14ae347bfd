import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { UserError } from "../errors/user-error.ts";
import { instancePaths } from "../instance/paths.ts";
import type { CommandHost } from "./host.ts";

export function addDown(command: Command, host: CommandHost): void {
  const { help, answers } = host.messages;
  command
    .option("--volumes", help.options.volumes)
    .option("--yes", help.options.yes)
    .action(async (name: string, flags: { volumes?: boolean; yes?: boolean }) => {
      const { context, output } = await host.session();
      const volumes = flags.volumes ?? false;
      const { down, dataElsewhere } = await import("../operations/down.ts");
      const places = await dataElsewhere(context, name);
      const kept = Object.values(places);
      const keeps = kept.length === 0 ? "" : `${answers.keepsData(kept.join(", "))} `;
      const own = (Object.keys(answers.deletes) as (keyof typeof answers.deletes)[]).filter(
        (data) => !(data in places),
      );
      const deleted = own.map((data) => answers.deletes[data]);
      if (volumes && !flags.yes) await confirm(name, keeps + answers.confirmDelete(name, deleted.join(", ")));
      await down(context, name, { volumes });
      const { folder } = instancePaths(context.home, name);
      if (output.json) return output.data({ name, folder, volumesDeleted: volumes, kept });
      output.answer(volumes ? answers.isGone(name, folder) : answers.isDown(name, folder));
      if (volumes && kept.length > 0) output.answer(answers.keepsData(kept.join(", ")));
    });
}

async function confirm(name: string, question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new UserError("CONFIRMATION_NEEDED", { name });
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question).finally(() => terminal.close());
  if (answer.trim() !== name) throw new UserError("CONFIRMATION_NEEDED", { name });
}
