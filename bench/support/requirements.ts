import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Programs of the host, and Debian's packages that have them. */
const PROGRAMS = { ab: "apache2-utils", nsenter: "util-linux", unshare: "util-linux", tar: "tar" };

/** @returns what is missing to measure, one line each */
export async function missingRequirements(): Promise<string[]> {
  const missing: string[] = [];
  if (process.platform !== "linux") missing.push("needed: Linux, with the engine on this machine");
  // Entering web's network namespace, reading volumes, starting servers as the containers' users.
  if (process.getuid?.() !== 0) missing.push("needed: root, to enter the network namespace of web and to read volumes");
  for (const [program, packageName] of Object.entries(PROGRAMS)) {
    if (!(await onPath(program))) missing.push(`needed: ${program} (apt-get install ${packageName})`);
  }
  return missing;
}

async function onPath(program: string): Promise<boolean> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = await Promise.allSettled(folders.map((folder) => access(join(folder, program), constants.X_OK)));
  return found.some(({ status }) => status === "fulfilled");
}
