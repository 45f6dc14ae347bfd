import { setTimeout as sleep } from "node:timers/promises";
import { saysNetworksExhausted } from "../adapters/compose.ts";
import { type ContainerState, type DockerEngine, notSeen } from "../adapters/docker.ts";
import { UserError } from "../errors/user-error.ts";
import { saysDiskFull } from "../files/disk-space.ts";
import { exists } from "../files/exists.ts";
import { type Instance, projectName } from "../instance/instance.ts";
import { SERVICES, servicesOf } from "../stack/input.ts";
import type { Context } from "./context.ts";
import { lastLines, SHOWN_LINES } from "./last-lines.ts";
import { privilegedPort, takenPort } from "./require-port.ts";
import { engineElsewhere } from "./require-seen.ts";

/** Milliseconds between two looks at the containers while they start; a look takes a few milliseconds. */
const LOOK_EVERY = 1000;

/**
 * Has Compose start the stack and wait until every service is well.
 *
 * @throws UserError SERVICE_FAILED with the last lines of the container that failed, PORT_TAKEN, PORT_PRIVILEGED, NETWORKS_EXHAUSTED,
 * ENGINE_DISK_FULL, SERVICE_DISK_FULL, ENGINE_UNREACHABLE, ENGINE_ELSEWHERE, STACK_FAILED
 */
export async function startStack(context: Context, instance: Instance): Promise<void> {
  const docker = await context.docker();
  // A database that is elsewhere now leaves the container of the former one behind.
  const known: string[] = servicesOf(instance);
  const states = await docker.containers(projectName(instance.name));
  const removeOrphans = states.some(({ service }) => service === "db" && !known.includes(service));
  await context.progress.step("start", instance.name, async (detail) => {
    const started = new Date();
    const finished = new AbortController();
    const watching = watch(docker, projectName(instance.name), finished.signal, detail);
    try {
      const { exitStatus, errors } = await context.compose(instance.paths.folder).up({ removeOrphans });
      if (exitStatus !== 0) throw await causeOf(context, errors, started, docker, instance);
    } finally {
      finished.abort();
      await watching;
    }
  });
}

/** @param errors what Compose said */
async function causeOf(
  context: Context,
  errors: string,
  started: Date,
  docker: DockerEngine,
  instance: Instance,
): Promise<UserError> {
  await docker.ping();
  if (/port is already allocated|address already in use/.test(errors)) return takenPort(context, instance);
  const refused = privilegedPort(instance, errors);
  if (refused !== undefined) return refused;
  const folder = notSeen(errors);
  // One that is not here either is a mistake in compose.override.yaml.
  if (folder !== undefined && (await exists(folder))) return engineElsewhere(context, folder);
  if (saysNetworksExhausted(errors)) return new UserError("NETWORKS_EXHAUSTED", {});
  const lines = lastLines(errors);
  if (saysDiskFull(errors)) return new UserError("ENGINE_DISK_FULL", { folder: await docker.dataFolder(), lines });
  return (
    (await firstWithoutSpace(docker, instance, started)) ??
    (await firstFailed(docker, instance)) ??
    new UserError("STACK_FAILED", { folder: instance.paths.folder, lines })
  );
}

async function watch(
  docker: DockerEngine,
  project: string,
  signal: AbortSignal,
  detail: (text: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    const states = await docker.containers(project).catch(() => []);
    detail(
      states
        .map(({ service, state, health }) => `${service} ${health ?? state}`)
        .sort()
        .join(", "),
    );
    await sleep(LOOK_EVERY, undefined, { signal }).catch(() => {});
  }
}

/** The one that says so is often not the one that fails: a database on a full disk ends or restarts, and init loses it. */
async function firstWithoutSpace(
  docker: DockerEngine,
  { name }: Instance,
  started: Date,
): Promise<UserError | undefined> {
  const states = await docker.containers(projectName(name));
  for (const service of SERVICES) {
    const container = states.find((state) => state.service === service);
    const lines = container === undefined ? [] : await docker.lastLines(container.id, SHOWN_LINES, started);
    if (!lines.some(saysDiskFull)) continue;
    return new UserError("SERVICE_DISK_FULL", { name, service, folder: await docker.dataFolder(), lines });
  }
  return undefined;
}

async function firstFailed(docker: DockerEngine, instance: Instance): Promise<UserError | undefined> {
  const states = await docker.containers(projectName(instance.name));
  // They depend on each other in this order: the first one that failed is the cause.
  for (const service of SERVICES) {
    const container = states.find((state) => state.service === service);
    if (container === undefined || !hasFailed(container)) continue;
    const lines = await docker.lastLines(container.id, SHOWN_LINES);
    const { state, exitStatus, health } = container;
    return new UserError("SERVICE_FAILED", { name: instance.name, service, state: health ?? state, exitStatus, lines });
  }
  return undefined;
}

function hasFailed({ state, exitStatus, health }: ContainerState): boolean {
  return health === "unhealthy" || state === "restarting" || (state === "exited" && exitStatus !== 0);
}
