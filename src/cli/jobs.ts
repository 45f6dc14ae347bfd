import type { Command } from "commander";
import { wholeNumber } from "./creation-options.ts";
import type { CommandHost } from "./host.ts";

const DEFAULT_COUNT = "20";

export function addJobs(command: Command, host: CommandHost): void {
  const { help, answers } = host.messages;
  command
    .option("--last <count>", help.options.last, DEFAULT_COUNT)
    .action(async (name: string, flags: { last: string }) => {
      const { context, output } = await host.session();
      const { jobs } = await import("../operations/jobs.ts");
      const runs = await jobs(context, name, wholeNumber("--last", flags.last, 1));
      if (output.json) return output.data(runs);
      if (runs.length === 0) return output.note(answers.noJobs);
      const { jobTable } = await import("./job-table.ts");
      output.answer(jobTable(runs, host.messages));
    });
}
