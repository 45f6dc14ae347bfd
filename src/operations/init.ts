import { mkdir, writeFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../errors/user-error.ts";
import { exists } from "../files/exists.ts";
import { parseInstanceFile } from "../instance/document.ts";
import { type Instance, openInstance, toInstance } from "../instance/instance.ts";
import { newLock, readLock, writeLock } from "../instance/lock.ts";
import { PROFILE_NAMES, type ProfileName } from "../instance/names.ts";
import { instancePaths } from "../instance/paths.ts";
import { PROFILES } from "../instance/profiles.ts";
import { ensureSecrets } from "../instance/secrets.ts";
import { instanceFileText, type NewInstance } from "../instance/template.ts";
import type { Context } from "./context.ts";

/** What is asked for a new instance; what is left out comes from the profile. */
export type InitOptions = { [K in keyof NewInstance]?: NewInstance[K] | undefined } & {
  /** Another ref of the source that the profile has. */
  ref?: string | undefined;
};

/** Looks at a new instance before anything of it is written; throws when it can not be. */
type Check = (instance: Instance) => Promise<void>;

/**
 * Makes a new instance's folder: instance.yaml, its lock and its secrets.
 *
 * @throws UserError INSTANCE_EXISTS, PROFILE_NEEDED, INSTANCE_NAME_INVALID, SETTING_INVALID
 */
export async function init(
  context: Context,
  name: string,
  options: InitOptions,
  check: Check = async () => {},
): Promise<Instance> {
  const paths = instancePaths(context.home, name);
  if (await exists(paths.file)) throw new UserError("INSTANCE_EXISTS", { name, path: paths.file });
  const profile = options.profile ?? PROFILE_NAMES.find((known) => known === name);
  if (profile === undefined) throw new UserError("PROFILE_NEEDED", { name, profiles: [...PROFILE_NAMES] });
  const { port, bases, ref } = options;
  const source = options.source ?? (ref === undefined ? undefined : { ...PROFILES[profile].source, ref });
  const text = instanceFileText({ profile, source, port, bases }, context.messages.instanceFile);
  const instance = toInstance(name, paths, parseInstanceFile(text, paths.file));
  await check(instance);
  await mkdir(paths.folder, { recursive: true, mode: 0o755 });
  if ((await readLock(paths.lock)) === undefined) await writeLock(paths.lock, newLock(context.generator));
  await ensureSecrets(paths.secrets);
  // Last, and only if it is not there: an instance exists from the moment this file does.
  await writeFile(paths.file, text, { flag: "wx" });
  return instance;
}

/**
 * The instance of that name; a new one from the profile of that name, or the one asked for, where there is none.
 *
 * @throws UserError INSTANCE_DIFFERS when the instance exists and says something else than the options
 */
export async function openOrInit(
  context: Context,
  name: string,
  options: InitOptions,
  check: Check,
): Promise<Instance> {
  const paths = instancePaths(context.home, name);
  if (!(await exists(paths.file))) return init(context, name, options, check);
  const instance = await openInstance(context.home, name);
  const asked: [string, unknown, unknown][] = [
    ["profile", options.profile, instance.profile satisfies ProfileName],
    ["source", options.source, instance.settings.source],
    ["source.ref", options.ref, instance.settings.source.ref],
    ["web.port", options.port, instance.settings.web.port],
    ["bases", options.bases, instance.settings.bases],
  ];
  for (const [setting, wanted, found] of asked) {
    if (wanted !== undefined && !isDeepStrictEqual(wanted, found)) {
      throw new UserError("INSTANCE_DIFFERS", {
        name,
        path: paths.file,
        setting,
        found: JSON.stringify(found ?? null),
      });
    }
  }
  return instance;
}
