import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import type { Instance } from "../instance/instance.ts";
import type { Context } from "./context.ts";
import { isRunning, requireOwnProject } from "./ownership.ts";

/** @throws UserError INSTANCE_DOWN, INSTANCE_FOREIGN, LOCK_MISSING */
export async function requireRunningApp(context: Context, instance: Instance): Promise<void> {
  const { containers } = await requireOwnProject(context, instance);
  if (!isRunning(containers, "app")) throw new UserError("INSTANCE_DOWN", { name: instance.name });
}

/** A group of what the running containers were told. */
export async function appliedSettings({ paths }: Instance, group: "mail" | "ldap"): Promise<unknown> {
  const text = await readFile(join(paths.folder, "stack", "app", "settings.json"), "utf8");
  return (JSON.parse(text) as Record<string, unknown>)[group] ?? null;
}
