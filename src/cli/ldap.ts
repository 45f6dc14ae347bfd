import type { Command } from "commander";
import type { CommandHost } from "./host.ts";

interface Flags {
  user?: string;
  passwordStdin?: boolean;
}

export function addLdap(command: Command, host: CommandHost): void {
  const { help, answers, ldapSteps } = host.messages;
  command.helpCommand(false);
  command
    .command("test <name>")
    .description(help.commands.ldapTest)
    .option("--user <login>", help.options.ldapUser)
    .option("--password-stdin", help.options.passwordStdin)
    .action(async (name: string, { user, passwordStdin = false }: Flags) => {
      const { context, output } = await host.session();
      const { ldapTest } = await import("../operations/ldap-test.ts");
      const password = user === undefined ? undefined : await readPassword(passwordStdin, answers.askPassword(user));
      const found = await ldapTest(context, name, user, password);
      if (output.json) return output.data(found);
      for (const step of found.steps) output.answer(`✔ ${ldapSteps[step](found.servers.join(", "))}`);
      if (found.dn === null) return;
      output.answer(`  ${found.dn}`);
      for (const [field, value] of Object.entries(found.attributes))
        output.answer(`  ${answers.pair(field, value ?? answers.none)}`);
    });
}

/** What stands on the standard input; or, on a terminal, what is typed: nothing typed is no password. */
async function readPassword(fromInput: boolean, question: string): Promise<string | undefined> {
  if (fromInput) {
    const { text } = await import("node:stream/consumers");
    return (await text(process.stdin)).replace(/\r?\n$/, "");
  }
  if (!process.stdin.isTTY) return undefined;
  const { askSecret } = await import("./secret-question.ts");
  return (await askSecret(question)) || undefined;
}
