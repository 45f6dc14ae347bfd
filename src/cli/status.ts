import type { Command } from "commander";
import type { CommandHost } from "./host.ts";
import { warningText } from "./warnings.ts";

export function addStatus(command: Command, host: CommandHost): void {
  const { titles, conditions, answers } = host.messages;
  command.action(async (name: string) => {
    const { context, output } = await host.session();
    const { status } = await import("../operations/status.ts");
    const found = await status(context, name);
    if (output.json) return output.data(found);
    const { shortCommit, table } = await import("./output.ts");
    const { jobTable } = await import("./job-table.ts");
    output.answer(answers.pair(`${name} (${found.profile})`, conditions[found.condition]));
    const facts: [string, string][] = [
      [titles.url, found.url],
      ...(found.mails === null ? [] : [[titles.mails, found.mails] as [string, string]]),
      [titles.folder, found.folder],
      ...(found.database === null ? [] : [[titles.database, found.database] satisfies [string, string]]),
      [titles.source, found.commit === null ? found.source : `${found.source} (${shortCommit(found.commit)})`],
      [titles.bases, found.bases ?? answers.unknown],
    ];
    for (const [title, value] of facts) output.answer(`  ${answers.pair(title, value)}`);
    if (found.services.length > 0) {
      const rows = found.services.map(({ service, state, health, since, image }) => [
        service,
        state === "running" ? (health ?? state) : state,
        `${since.slice(0, 19)}Z`,
        image,
      ]);
      output.answer(`\n${table([titles.service, titles.condition, titles.since, titles.image], rows)}`);
    }
    if (found.jobs.length > 0) output.answer(`\n${jobTable(found.jobs, host.messages)}`);
    for (const warning of found.warnings) output.warn(warningText(warning, found.certificate, host.messages));
  });
}
