import type { Command } from "commander";
import { parseSource } from "../release/source.ts";
import type { CommandHost } from "./host.ts";

export function addRefs(command: Command, host: CommandHost): void {
  const { help, answers, titles, refKinds, refNotes } = host.messages;
  command
    .option("--source <source>", help.options.refsSource)
    .action(async (name: string | undefined, { source }: { source?: string }) => {
      const { context, output } = await host.session();
      const { refs } = await import("../operations/refs.ts");
      const asked = source === undefined ? undefined : parseSource(source, undefined, process.cwd());
      const found = await refs(context, name, asked);
      if (output.json) return output.data(found);
      const { shortCommit, table } = await import("./output.ts");
      output.answer(found.git);
      const rows = found.refs.map((ref) => {
        const notes = [
          ref.used && refNotes.used(name ?? ""),
          ref.locked && refNotes.locked,
          ref.default && refNotes.default,
          ref.development && refNotes.development,
        ];
        return [ref.name, refKinds[ref.kind], shortCommit(ref.commit), notes.filter(Boolean).join(", ")];
      });
      output.answer(table([titles.name, titles.kind, titles.commit, titles.note], rows));
      if (name === undefined || found.commit === null) return;
      output.answer(answers.lockedCommit(name, found.ref ?? "HEAD", shortCommit(found.commit)));
      const used = found.refs.find((ref) => ref.used);
      if (used !== undefined && !used.locked) output.answer(answers.nextUpdate(name));
    });
}
