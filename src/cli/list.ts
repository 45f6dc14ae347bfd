import type { Command } from "commander";
import type { CommandHost } from "./host.ts";

export function addList(command: Command, host: CommandHost): void {
  const { answers, titles, conditions } = host.messages;
  command.action(async () => {
    const { context, output } = await host.session();
    const { list } = await import("../operations/status.ts");
    const instances = await list(context);
    if (output.json) return output.data(instances);
    if (instances.length === 0) return output.note(answers.noInstances(context.home));
    const { table } = await import("./output.ts");
    const rows = instances.map(({ name, profile, condition, url }) => [
      name,
      profile ?? "?",
      conditions[condition],
      url ?? "?",
    ]);
    output.answer(table([titles.instance, titles.profile, titles.condition, titles.address], rows));
  });
}
