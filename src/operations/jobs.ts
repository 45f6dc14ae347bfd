import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import type { CommandResult } from "../adapters/docker.ts";
import { UserError } from "../errors/user-error.ts";
import { exists } from "../files/exists.ts";
import { type Instance, openInstance } from "../instance/instance.ts";
import type { ComposeFile } from "../stack/compose-file.ts";
import { PATHS, volumeName } from "../stack/input.ts";
import { selinuxLevel } from "../stack/selinux.ts";
import type { Context } from "./context.ts";
import { type Project, requireOwnProject } from "./ownership.ts";

/** One run of BiomAid's periodic tasks, as the job wrapper in the image recorded it. */
export interface JobRun {
  period: string;
  start: string;
  end: string | null;
  /** Seconds. */
  duration: number | null;
  outcome: "succeeded" | "failed" | "skipped" | "running" | "killed";
  exit_status: number | null;
  error: string | null;
}

/** How many of the command's last lines are shown when it fails. */
const SHOWN_LINES = 10;

/**
 * The last runs of an instance's jobs, newest last, whether the instance is up or not.
 *
 * @param count how many, at least 1
 * @throws UserError INSTANCE_FOREIGN, JOBS_UNREADABLE
 */
export async function jobs(context: Context, name: string, count: number): Promise<JobRun[]> {
  const instance = await openInstance(context.home, name);
  const project = await requireOwnProject(context, instance);
  return readJobHistory(context, instance, project, ["--last", String(count)]);
}

/** The history is on the log volume: a container that has it reads it, or one made for that where there is none. */
export async function readJobHistory(
  context: Context,
  instance: Instance,
  { lock, containers, volumes }: Project,
  args: string[],
): Promise<JobRun[]> {
  const docker = await context.docker();
  const command = ["biomaid", "jobs", ...args];
  const reader = containers.find(({ service, state }) => ["app", "cron"].includes(service) && state === "running");
  const result = reader && (await docker.exec(reader.id, command));
  if (result !== undefined) return parseRuns(instance, result);

  const volume = volumeName(instance, "log");
  const image = await generatedImage(instance, "app");
  if (image === undefined || !volumes.some(({ name }) => name === volume)) return [];
  // Pruned while the instance was down: the next up builds it again, and the history is still there.
  if ((await docker.imageId(image)) === undefined) return [];
  const mounts = { [volume]: PATHS.log };
  return parseRuns(instance, await docker.runOnce(image, command.slice(1), mounts, selinuxLevel(lock.uuid)));
}

function parseRuns({ name }: Instance, { exitStatus, output, errors }: CommandResult): JobRun[] {
  if (exitStatus !== 0) {
    const lines = errors.trim().split("\n").slice(-SHOWN_LINES);
    throw new UserError("JOBS_UNREADABLE", { name, exitStatus, lines });
  }
  const lines = output.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as JobRun);
}

/** The image that the generated compose.yaml names for a service. */
async function generatedImage(instance: Instance, service: string): Promise<string | undefined> {
  const file = join(instance.paths.folder, "compose.yaml");
  if (!(await exists(file))) return undefined;
  const compose = parse(await readFile(file, "utf8")) as ComposeFile;
  return compose.services[service]?.image;
}
