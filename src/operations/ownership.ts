import type { ContainerState, VolumeState } from "../adapters/docker.ts";
import { UserError } from "../errors/user-error.ts";
import { type Instance, projectName } from "../instance/instance.ts";
import { type Lock, requireLock } from "../instance/lock.ts";
import { SERVICES, VOLUMES, volumeName } from "../stack/input.ts";
import type { Context } from "./context.ts";

/** What the engine has of an instance's Compose project, whoever made it. */
export interface Project {
  lock: Lock;
  containers: ContainerState[];
  volumes: VolumeState[];
  /** Another folder with an instance of the same name made it. */
  foreign: boolean;
}

/** @throws UserError LOCK_MISSING, LOCK_FILE_INVALID */
export async function inspectProject(context: Context, instance: Instance): Promise<Project> {
  const lock = await requireLock(instance.paths.lock);
  const docker = await context.docker();
  const project = projectName(instance.name);
  const [containers, volumes] = await Promise.all([docker.containers(project), docker.volumes(project)]);
  // What compose.override.yaml adds is in the project too, and has no label of ours.
  const generated = [
    ...containers.filter(({ service }) => (SERVICES as readonly string[]).includes(service)),
    ...volumes.filter(({ name }) => volumeNames(instance).includes(name)),
  ];
  return { lock, containers, volumes, foreign: generated.some(({ uuid }) => uuid !== lock.uuid) };
}

/**
 * The project of an instance, which must be its own: another folder with an instance of the same name would put new
 * secrets on the first one's data, and run its commands on it.
 *
 * @throws UserError LOCK_MISSING, LOCK_FILE_INVALID, INSTANCE_FOREIGN
 */
export async function requireOwnProject(context: Context, instance: Instance): Promise<Project> {
  const project = await inspectProject(context, instance);
  if (project.foreign)
    throw new UserError("INSTANCE_FOREIGN", { name: instance.name, project: projectName(instance.name) });
  return project;
}

/** Whether the database runs; of one on a server elsewhere, what can be known is whether the instance does. */
export function databaseRuns({ settings }: Instance, { containers }: Pick<Project, "containers">): boolean {
  return isRunning(containers, settings.database === undefined ? "db" : "app");
}

export function isRunning(containers: readonly ContainerState[], service: string): boolean {
  return containers.some((container) => container.service === service && container.state === "running");
}

function volumeNames(instance: Instance): string[] {
  return (Object.keys(VOLUMES) as (keyof typeof VOLUMES)[]).map((key) => volumeName(instance, key));
}
