import { isDeepStrictEqual } from "node:util";
import { withFolderLock } from "../adapters/file-lock.ts";
import { onDiskOf } from "../files/disk-space.ts";
import { writeAtomic } from "../files/write-atomic.ts";
import { parseInstanceFile, parseYaml } from "../instance/document.ts";
import { settingValue, withSetting } from "../instance/edit.ts";
import { isUnderDevelopment, openInstance, readInstance, toInstance } from "../instance/instance.ts";
import { settingPath } from "../instance/setting-names.ts";
import type { Context } from "./context.ts";

/** The value of one setting, and who says so. */
export interface SettingValue {
  setting: string;
  /** null where neither the file nor the profile says anything. */
  value: unknown;
  from: "file" | "profile";
}

/**
 * The value of a setting or of a group of settings, the profile's where the file says nothing.
 *
 * @throws UserError SETTING_UNKNOWN, INSTANCE_NOT_FOUND, INSTANCE_FILE_INVALID
 */
export async function readSetting(context: Context, name: string, setting: string): Promise<SettingValue> {
  const path = settingPath(setting);
  const { paths, text } = await readInstance(context.home, name);
  const file = parseInstanceFile(text, paths.file);
  const { profile, settings } = toInstance(name, paths, file);
  const value = at({ version: file.version, profile, ...settings }, path);
  return { setting, value: value ?? null, from: at(file, path) === undefined ? "profile" : "file" };
}

/** What a change of instance.yaml came to. */
export interface SettingChange extends SettingValue {
  file: string;
  changed: boolean;
  /** About the source, when that is what was changed. */
  warnings: "development"[];
}

/**
 * Gives a setting another value in instance.yaml, or takes it out. The file is written whole or not at all, and only when
 * all of it is valid.
 *
 * @param text the value as YAML; undefined to take the setting out
 * @throws UserError SETTING_UNKNOWN, SETTING_REFUSED, INSTANCE_FILE_ALIASES, DEMO_PUBLISHED, INSTANCE_BUSY
 */
export async function changeSetting(
  context: Context,
  name: string,
  setting: string,
  text: string | undefined,
): Promise<SettingChange> {
  const path = settingPath(setting);
  const { paths } = await readInstance(context.home, name);
  const changed = await onDiskOf(paths.folder, () =>
    withFolderLock(context.processes, paths.folder, async () => {
      const { text: before } = await readInstance(context.home, name);
      const value = text === undefined ? undefined : settingValue(path, text, paths.file);
      const { content } = parseYaml(before, paths.file);
      if (isDeepStrictEqual(at(content, path), value)) return false;
      const after = withSetting(before, paths.file, path, value);
      toInstance(name, paths, parseInstanceFile(after, paths.file));
      await writeAtomic(paths.file, after);
      return true;
    }),
  );
  const risky =
    ["source", "profile"].includes(path[0] ?? "") && isUnderDevelopment(await openInstance(context.home, name));
  return {
    ...(await readSetting(context, name, setting)),
    file: paths.file,
    changed,
    warnings: risky ? ["development"] : [],
  };
}

function at(content: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined | null)?.[key], content);
}
