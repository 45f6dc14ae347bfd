import { randomUUID } from "node:crypto";
import { hasTerminal } from "../adapters/process.ts";
import { UserError } from "../errors/user-error.ts";
import { openInstance, projectName } from "../instance/instance.ts";
import { DATABASE, servicesOf } from "../stack/input.ts";
import type { Context } from "./context.ts";
import { databaseRuns, requireOwnProject } from "./ownership.ts";

/**
 * Runs a manage.py command of an instance in a container of its own, with this terminal.
 *
 * @returns the command's own exit status
 * @throws UserError INSTANCE_DOWN, INSTANCE_FOREIGN
 */
export async function manage(context: Context, name: string, args: string[]): Promise<number> {
  return runInContainer(context, name, "manage", [], ["app", "manage", ...args]);
}

/** Bash that writes the secret as libpq reads it: fields with colons between, and a backslash before those of the password. */
const PASSWORD_FILE = [
  "export PGPASSFILE=/tmp/pgpass; umask 077",
  String.raw`sed 's/\r$//; s/[\\:]/\\&/g; s/^/*:*:*:*:/' /run/secrets/database_password >$PGPASSFILE;`,
].join("; ");

/**
 * psql, connected to an instance's database as the application's role. The password is read in the container, and is on
 * no command line and in no environment.
 *
 * @returns psql's own exit status
 * @throws UserError INSTANCE_DOWN, INSTANCE_FOREIGN
 */
export async function psql(context: Context, name: string, args: string[]): Promise<number> {
  const { settings } = await openInstance(context.home, name);
  const run = (service: string, start: string) =>
    runInContainer(context, name, "psql", ["--entrypoint", "bash"], [service, "-c", start, "psql", ...args]);
  // The service psql has the server in libpq's variables.
  if (settings.database !== undefined) return run("psql", `${PASSWORD_FILE} exec psql "$@"`);
  return run("db", `${PASSWORD_FILE} exec psql -h db -U ${DATABASE.user} -d ${DATABASE.name} "$@"`);
}

/**
 * The output of an instance's containers.
 *
 * @param services those that are asked for; none means all
 * @throws UserError INSTANCE_FOREIGN, SERVICE_UNKNOWN
 */
export async function logs(context: Context, name: string, options: string[], services: string[]): Promise<number> {
  const instance = await openInstance(context.home, name);
  const { containers } = await requireOwnProject(context, instance);
  // Compose takes any word for a service of a project that it was told the name of.
  const known = [...new Set<string>([...servicesOf(instance), ...containers.map(({ service }) => service)])];
  const service = services.find((word) => !known.includes(word));
  if (service !== undefined) throw new UserError("SERVICE_UNKNOWN", { name, service, services: known });
  return context.compose(instance.paths.folder).interactive(["logs", ...options, "--", ...services]);
}

/**
 * A container beside those of the stack: unlike `exec`, it can be sent signals. `docker compose run` passes none on and
 * leaves the container behind, so the engine does both.
 */
async function runInContainer(
  context: Context,
  name: string,
  purpose: string,
  options: string[],
  command: string[],
): Promise<number> {
  const instance = await openInstance(context.home, name);
  const project = await requireOwnProject(context, instance);
  if (!databaseRuns(instance, project)) throw new UserError("INSTANCE_DOWN", { name });

  const docker = await context.docker();
  const container = `${projectName(name)}-${purpose}-${randomUUID().slice(0, 8)}`;
  // A pseudo-terminal only where there is a real one at both ends: in a pipe it would change line ends.
  const terminal = hasTerminal() ? [] : ["--no-TTY"];
  const run = ["run", "--rm", "--no-deps", "--name", container, ...terminal, ...options, ...command];
  try {
    return await context.compose(instance.paths.folder).interactive(run, (signal) => docker.signal(container, signal));
  } finally {
    await docker.remove(container);
  }
}
