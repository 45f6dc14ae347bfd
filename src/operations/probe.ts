import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { type Instance, projectName } from "../instance/instance.ts";
import type { Context } from "./context.ts";
import { requireOwnProject } from "./ownership.ts";

/** How many of the container's last lines are shown when it fails. */
const SHOWN_LINES = 25;

/** @throws UserError INSTANCE_DOWN, INSTANCE_FOREIGN, LOCK_MISSING */
export async function requireRunningApp(context: Context, instance: Instance): Promise<void> {
  const { containers } = await requireOwnProject(context, instance);
  if (!containers.some(({ service, state }) => service === "app" && state === "running"))
    throw new UserError("INSTANCE_DOWN", { name: instance.name });
}

/** A group of what the running containers were told. */
export async function appliedSettings({ paths }: Instance, group: "mail" | "ldap"): Promise<unknown> {
  const text = await readFile(join(paths.folder, "stack", "app", "settings.json"), "utf8");
  return (JSON.parse(text) as Record<string, unknown>)[group] ?? null;
}

/**
 * Runs one of the image's own tests (images/biomaid/runtime/biomaid_runtime/…_test.py) with the networks and secrets of app,
 * in a container of its own.
 *
 * @param test its name, which is that of what it prints
 * @param input what it reads from its standard input
 * @returns what it found, as JSON; or, when it did not come to an end, its last lines
 */
export async function probe(
  context: Context,
  { name, paths }: Instance,
  test: "mail-test" | "ldap-test",
  args: readonly string[],
  input?: string,
): Promise<{ found: unknown } | { lines: string[] }> {
  const docker = await context.docker();
  const container = `${projectName(name)}-${test}-${randomUUID().slice(0, 8)}`;
  try {
    const run = ["run", "--rm", "--no-deps", "--no-TTY", "--name", container, "app", test, ...args];
    const { output, errors } = await context.compose(paths.folder).captured(run, input);
    const line = new RegExp(`^\\{"${test}": .*\\}$`, "m").exec(output)?.[0];
    if (line !== undefined) return { found: (JSON.parse(line) as Record<string, unknown>)[test] };
    return { lines: `${output}${errors}`.trim().split("\n").slice(-SHOWN_LINES) };
  } finally {
    await docker.remove(container);
  }
}
