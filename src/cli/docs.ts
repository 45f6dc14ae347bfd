import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import { DOCS_FORMATS } from "../release/build-plan.ts";
import type { CommandHost } from "./host.ts";

export function addDocs(command: Command, host: CommandHost): void {
  const { help, answers } = host.messages;
  command
    .option("--html", help.options.html)
    .option("--pdf", help.options.pdf)
    .option("--output <folder>", help.options.output)
    .action(async (name: string, { output: folder, ...flags }: { html?: true; pdf?: true; output?: string }) => {
      const { context, output } = await host.session();
      const { docs } = await import("../operations/docs.ts");
      const asked = DOCS_FORMATS.filter((format) => flags[format]);
      const built = await docs(context, name, {
        formats: asked.length === 0 ? ["html"] : asked,
        output: folder === undefined ? undefined : resolve(folder),
      });
      if (output.json) return output.data(built);
      output.answer(answers.docsBuilt(name, built.version, built.folder));
      for (const file of built.pdf) output.answer(`  ${file}`);
      if (built.html !== null) output.answer(answers.docsOpened(pathToFileURL(built.html).href));
      if (built.url !== null) output.answer(answers.docsServed(name, built.url));
    });
}
