import { mkdir } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { withFolderLock } from "../adapters/file-lock.ts";
import { UserError } from "../errors/user-error.ts";
import { onDiskOf } from "../files/disk-space.ts";
import { exists } from "../files/exists.ts";
import { writeAtomic } from "../files/write-atomic.ts";
import { parseInstanceFile } from "../instance/document.ts";
import { type Instance, openInstance, toInstance } from "../instance/instance.ts";
import { newLock, readLock, writeLock } from "../instance/lock.ts";
import { PROFILE_NAMES, type ProfileName } from "../instance/names.ts";
import { instancePaths } from "../instance/paths.ts";
import { PROFILES } from "../instance/profiles.ts";
import { ensureSecrets } from "../instance/secrets.ts";
import { instanceFileText, type NewInstance } from "../instance/template.ts";
import type { Context } from "./context.ts";
import { writeEditorSchema } from "./editor-schema.ts";

/** What is asked for a new instance; what is left out comes from the profile. */
export type InitOptions = { [K in keyof NewInstance]?: NewInstance[K] | undefined } & {
  /** Another ref of the source that the profile has. */
  ref?: string | undefined;
};

/** An instance that is not written yet. */
interface Draft {
  instance: Instance;
  text: string;
}

/**
 * Makes a new instance's folder: instance.yaml, its lock and its secrets.
 *
 * @throws UserError INSTANCE_EXISTS, PROFILE_NEEDED, INSTANCE_NAME_INVALID, SETTING_INVALID, INSTANCE_BUSY
 */
export async function init(context: Context, name: string, options: InitOptions): Promise<Instance> {
  await requireNew(context, name);
  const draft = draftOf(context, name, options);
  return inFolder(context, draft.instance.paths.folder, async () => {
    await requireNew(context, name);
    return create(context, draft);
  });
}

/** @throws UserError INSTANCE_EXISTS, INSTANCE_NAME_INVALID */
export async function requireNew(context: Context, name: string): Promise<void> {
  const { file } = instancePaths(context.home, name);
  if (await exists(file)) throw new UserError("INSTANCE_EXISTS", { name, path: file });
}

/**
 * Works, with the lock on its folder, on the instance of that name; on a new one from the profile of that name, or the
 * one asked for, where there is none.
 *
 * @param check looks at a new instance before anything of it is written; throws when it cannot be
 * @throws UserError INSTANCE_DIFFERS when the instance exists and says something else than the options; INSTANCE_BUSY
 */
export async function withInstance<T>(
  context: Context,
  name: string,
  options: InitOptions,
  check: (draft: Instance) => Promise<void>,
  work: (instance: Instance) => Promise<T>,
): Promise<T> {
  const paths = instancePaths(context.home, name);
  if (await exists(paths.file)) {
    const instance = await openAsAsked(context, name, options);
    return inFolder(context, paths.folder, () => work(instance));
  }
  const draft = draftOf(context, name, options);
  await check(draft.instance);
  return inFolder(context, paths.folder, async () => {
    // Another command may have made it in the meantime.
    const made = await exists(paths.file);
    return work(made ? await openAsAsked(context, name, options) : await create(context, draft));
  });
}

async function inFolder<T>(context: Context, folder: string, work: () => Promise<T>): Promise<T> {
  return onDiskOf(folder, async () => {
    await mkdir(folder, { recursive: true, mode: 0o755 });
    return withFolderLock(context.processes, folder, work);
  });
}

function draftOf(context: Context, name: string, options: InitOptions): Draft {
  const paths = instancePaths(context.home, name);
  const profile = options.profile ?? PROFILE_NAMES.find((known) => known === name);
  if (profile === undefined) throw new UserError("PROFILE_NEEDED", { name, profiles: [...PROFILE_NAMES] });
  const { ref, ...choice } = options;
  const source = choice.source ?? (ref === undefined ? undefined : { ...PROFILES[profile].source, ref });
  const text = instanceFileText({ ...choice, profile, source }, context.messages.instanceFile);
  return { instance: toInstance(name, paths, parseInstanceFile(text, paths.file)), text };
}

async function create(context: Context, { instance, text }: Draft): Promise<Instance> {
  const { paths } = instance;
  if ((await readLock(paths.lock)) === undefined) await writeLock(paths.lock, newLock(context.generator));
  await ensureSecrets(paths.secrets);
  await writeEditorSchema(context, instance);
  // Last, and whole: an instance exists from the moment this file does.
  await writeAtomic(paths.file, text);
  return instance;
}

async function openAsAsked(context: Context, name: string, options: InitOptions): Promise<Instance> {
  const instance = await openInstance(context.home, name);
  // No option names the key.
  const { key_file: _, ...source } = instance.settings.source;
  const asked: [string, unknown, unknown][] = [
    ["profile", options.profile, instance.profile satisfies ProfileName],
    ["source", options.source, source],
    ["source.ref", options.ref, source.ref],
    ["bases", options.bases, instance.settings.bases],
    ...askedIn("application", options.application, instance),
    ...askedIn("web", options.web, instance),
    ...askedIn("mail", options.mail, instance),
  ];
  for (const [setting, wanted, found] of asked) {
    if (wanted !== undefined && !isDeepStrictEqual(wanted, found)) {
      throw new UserError("INSTANCE_DIFFERS", {
        name,
        path: instance.paths.file,
        setting,
        found: JSON.stringify(found ?? null),
      });
    }
  }
  return instance;
}

function askedIn(
  group: "application" | "web" | "mail",
  asked: object | undefined,
  { settings }: Instance,
): [string, unknown, unknown][] {
  const found: Record<string, unknown> = settings[group] ?? {};
  return Object.entries(asked ?? {}).map(([key, value]) => [`${group}.${key}`, value, found[key]]);
}
