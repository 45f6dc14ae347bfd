import { listenerOn, probePort } from "../adapters/ports.ts";
import { UserError } from "../errors/user-error.ts";
import { type Instance, projectName } from "../instance/instance.ts";
import type { Context } from "./context.ts";

/**
 * A taken port is found before the long work, not after it. Our own web container may well hold it.
 *
 * @throws UserError PORT_TAKEN
 */
export async function requirePort(context: Context, instance: Instance): Promise<void> {
  const { address, port } = instance.settings.web;
  if ((await probePort(address, port)) !== "taken") return;
  const publisher = await (await context.docker()).publisherOf(address, port);
  if (publisher?.project !== projectName(instance.name)) throw await portTaken(context, instance);
}

/** The error, with what can be known of who has the port: the engine tells its containers, ss(8) the programs. */
export async function portTaken(context: Context, instance: Instance): Promise<UserError> {
  const { address, port } = instance.settings.web;
  const taken = { address, port, path: instance.paths.file };
  const publisher = await (await context.docker()).publisherOf(address, port);
  if (publisher !== undefined) {
    return new UserError("PORT_TAKEN", { ...taken, container: publisher.name, instance: publisher.instance });
  }
  const listener = await listenerOn(context.processes, port);
  // An engine that is killed while it starts a container has that container's port again afterwards, and not the container.
  if (listener?.program === "docker-proxy") return new UserError("PORT_STUCK", { ...taken, process: listener.pid });
  return new UserError("PORT_TAKEN", { ...taken, program: listener?.program, process: listener?.pid });
}
