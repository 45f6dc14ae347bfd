import { execa } from "execa";

/** Runs a program as root: network namespaces, mounts and other containers' processes are the administrator's. */
export function asRoot(program: string, ...args: string[]): ReturnType<typeof execa> {
  return process.getuid?.() === 0 ? execa(program, args) : execa("sudo", ["--non-interactive", program, ...args]);
}
