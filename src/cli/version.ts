import type { Command } from "commander";
import type { CommandHost } from "./host.ts";

export function addVersion(command: Command, host: CommandHost): void {
  command.action(async () => {
    const { context, output } = await host.session();
    const { versions } = await import("../operations/versions.ts");
    const found = await versions(context);
    if (output.json) return output.data(found);
    for (const [program, version] of Object.entries(found)) output.answer(`${program} ${version ?? "?"}`);
  });
}
