import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UserError } from "../errors/user-error.ts";

/**
 * Asks on the terminal without showing what is typed.
 *
 * @throws UserError INTERRUPTED at Ctrl-C and at the end of the input
 */
export async function askSecret(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  // In raw mode Ctrl-C is a key; without a listener readline would only stop reading.
  const left = new Promise<never>((_, reject) => {
    for (const event of ["SIGINT", "close"] as const)
      terminal.once(event, () => reject(new UserError("INTERRUPTED", {})));
  });
  try {
    return await Promise.race([terminal.question(""), left]);
  } finally {
    terminal.removeAllListeners("close");
    terminal.close();
    process.stderr.write("\n");
  }
}
