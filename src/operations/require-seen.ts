import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { onDiskOf } from "../files/disk-space.ts";
import { exists } from "../files/exists.ts";
import type { Context } from "./context.ts";

/**
 * Makes sure, before the long work, that the engine can mount the instance's files: an engine of another machine, of a
 * virtual machine or behind a tunnel has other folders. Its address alone tells nothing (a tunnel ends on this machine, too),
 * nor does a folder (both may have one of that name): the engine is asked for a file that has just been written.
 *
 * @param folder an instance's, which may not be there yet
 * @throws UserError ENGINE_ELSEWHERE
 */
export async function requireSeenFolder(context: Context, folder: string): Promise<void> {
  const docker = await context.docker();
  const nearest = await nearestFolder(folder);
  const file = join(nearest, `.biomaid-compose-${randomUUID()}`);
  await onDiskOf(nearest, () => writeFile(file, ""));
  try {
    if (!(await docker.sees(file))) throw await engineElsewhere(context, folder);
  } finally {
    await rm(file, { force: true });
  }
}

export async function engineElsewhere(context: Context, folder: string): Promise<UserError> {
  return new UserError("ENGINE_ELSEWHERE", { endpoint: await (await context.docker()).endpoint(), folder });
}

async function nearestFolder(folder: string): Promise<string> {
  return (await exists(folder)) ? folder : nearestFolder(dirname(folder));
}
