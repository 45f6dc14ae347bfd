import { execa } from "execa";

/** Runs a program as root: what mounts file systems and starts engines needs it. Another user takes `sudo -n`. */
export async function asRoot(...command: string[]): Promise<string> {
  const [program = "", ...args] = rootCommand(command);
  return (await execa(program, args)).stdout;
}

export function rootCommand(command: string[]): string[] {
  return process.getuid?.() === 0 ? command : ["sudo", "-n", ...command];
}
