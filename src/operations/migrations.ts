import { chmod, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parse, stringify } from "yaml";
import { UserError } from "../errors/user-error.ts";
import { exists } from "../files/exists.ts";
import type { Instance } from "../instance/instance.ts";
import type { Lock } from "../instance/lock.ts";
import type { Release } from "../release/release.ts";
import type { ComposeFile } from "../stack/compose-file.ts";
import { PATHS } from "../stack/input.ts";
import { generateStack } from "../stack/stack.ts";
import { askService } from "./ask-service.ts";
import type { Context } from "./context.ts";
import { stackInput } from "./generate.ts";
import { labelMounts } from "./label-mounts.ts";
import { lastLines } from "./last-lines.ts";
import { inspectMachine } from "./machine.ts";
import { withPrivateFolder } from "./private-folder.ts";

/** How the migrations of a release and those of a database differ, each as `app.0001_name`. */
export interface MigrationDifference {
  /** The release has them, the database has not. */
  missing: string[];
  /** The database has them, the release does not know them. */
  unknown: string[];
}

/**
 * Compares a release that is built, and not in service, with an instance's database, which runs. Neither the instance nor
 * its database is changed.
 *
 * @throws UserError UPDATE_CHECK_FAILED with the last lines of the release's container
 */
export async function compareMigrations(
  context: Context,
  instance: Instance,
  release: Release,
  lock: Lock,
): Promise<MigrationDifference> {
  return withPrivateFolder(lock.uuid, async (folder) => {
    const file = await writeOverride(context, instance, release, lock, folder);
    const own = (await exists(join(instance.paths.folder, "compose.override.yaml")))
      ? ["--file", "compose.override.yaml"]
      : [];
    const files = ["--file", "compose.yaml", ...own, "--file", file];
    const question = { service: "init", args: ["migrations"], files };
    const answer = await askService(context, instance, "migrations", question);
    if ("found" in answer) return answer.found as MigrationDifference;
    const lines = lastLines(answer.said);
    throw new UserError("UPDATE_CHECK_FAILED", { name: instance.name, version: release.version, lines });
  });
}

/**
 * Writes what Compose is to lay over the compose.yaml of the running stack, so that its networks and volumes stay as they
 * are: what the service init would be made of with the release. Of lists without keys Compose would make one of both.
 */
async function writeOverride(
  context: Context,
  instance: Instance,
  release: Release,
  lock: Lock,
  folder: string,
): Promise<string> {
  const machine = await inspectMachine(context);
  const files = generateStack(await stackInput(instance, release, lock, machine));
  const { init } = (parse(files.get("compose.yaml") ?? "") as ComposeFile).services;
  const mounted = join(folder, "app");
  await mkdir(mounted);
  for (const [path, text] of files) {
    if (path.startsWith("stack/app/")) await writeFile(join(mounted, basename(path)), text, { mode: 0o644 });
  }
  // Whatever the umask: the container's user reads it.
  await chmod(mounted, 0o755);
  await labelMounts(context, folder, [basename(mounted)], machine);
  const { image, environment } = init ?? {};
  const volumes = init?.volumes?.map((mount) => (mount.target === PATHS.stack ? { ...mount, source: mounted } : mount));
  const file = join(folder, "compose.yaml");
  await writeFile(file, stringify({ services: { init: { image, environment, volumes } } }, { compat: "yaml-1.1" }));
  return file;
}
