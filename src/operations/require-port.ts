import { listenerOn, probePort } from "../adapters/ports.ts";
import { UserError } from "../errors/user-error.ts";
import { type Instance, type PublishedPort, projectName, takenPorts } from "../instance/instance.ts";
import type { Context } from "./context.ts";

/**
 * A taken port is found before the long work, not after it. Our own web container may well hold it.
 *
 * @throws UserError PORT_TAKEN
 */
export async function requirePorts(context: Context, instance: Instance): Promise<void> {
  for (const published of takenPorts(instance)) {
    if (await isTaken(context, instance, published)) throw await portTaken(context, instance, published);
  }
}

/** The error for the port that Compose could not publish: which one, its messages do not always tell. */
export async function takenPort(context: Context, instance: Instance): Promise<UserError> {
  const [first, ...others] = takenPorts(instance) as [PublishedPort, ...PublishedPort[]];
  for (const published of others) {
    if (await isTaken(context, instance, published)) return portTaken(context, instance, published);
  }
  return portTaken(context, instance, first);
}

/** The error for a port that an engine without root rights was refused; undefined when Compose's message is about something else. */
export function privilegedPort(instance: Instance, errors: string): UserError | undefined {
  const [, port] =
    /cannot expose privileged port (\d+)|listen tcp\S* \S+:(\d+): bind: permission denied/
      .exec(errors)
      ?.filter((group) => group !== undefined) ?? [];
  const published = takenPorts(instance).find((one) => one.port === Number(port));
  if (published === undefined) return undefined;
  return new UserError("PORT_PRIVILEGED", { ...published, path: instance.paths.file });
}

async function isTaken(context: Context, instance: Instance, { port, address }: PublishedPort): Promise<boolean> {
  if ((await probePort(address, port)) !== "taken") return false;
  const publisher = await (await context.docker()).publisherOf(address, port);
  return publisher?.project !== projectName(instance.name);
}

/** With what can be known of who has the port: the engine tells its containers, ss(8) the programs. */
async function portTaken(
  context: Context,
  instance: Instance,
  { port, setting, address }: PublishedPort,
): Promise<UserError> {
  const taken = { address, port, setting, path: instance.paths.file };
  const publisher = await (await context.docker()).publisherOf(address, port);
  if (publisher !== undefined) {
    return new UserError("PORT_TAKEN", { ...taken, container: publisher.name, instance: publisher.instance });
  }
  const listener = await listenerOn(context.processes, port);
  // An engine that is killed while it starts a container has that container's port again afterwards, and not the container.
  if (listener?.program === "docker-proxy") return new UserError("PORT_STUCK", { ...taken, process: listener.pid });
  return new UserError("PORT_TAKEN", { ...taken, program: listener?.program, process: listener?.pid });
}
