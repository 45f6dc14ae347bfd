import { createHash } from "node:crypto";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { containersOf, volumesOf } from "./engine.ts";

/** Modes, times and contents of all that is below a folder, the folder itself included. */
export async function folderState(folder: string): Promise<Record<string, string>> {
  const paths = ["", ...(await readdir(folder, { recursive: true }))].sort();
  const states = paths.map(async (path) => {
    const full = join(folder, path);
    const status = await lstat(full);
    const content = status.isFile()
      ? createHash("sha256")
          .update(await readFile(full))
          .digest("hex")
      : "";
    return [path, `${status.mode.toString(8)} ${status.mtimeMs} ${content}`] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}

/** Identity, state and start of a project's containers, and its volumes. */
export async function projectState(project: string): Promise<unknown> {
  const containers = (await containersOf(project)).map(({ id, state, startedAt }) => `${id} ${state} ${startedAt}`);
  return { containers: containers.sort(), volumes: await volumesOf(project) };
}
