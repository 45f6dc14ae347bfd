import type { Command } from "commander";
import { UserError } from "../errors/user-error.ts";
import { BASES_MODES, PROFILE_NAMES } from "../instance/names.ts";
import type { Messages } from "../messages/messages.ts";
import type { InitOptions } from "../operations/init.ts";
import { parseSource } from "../release/source.ts";

/** The options of the commands that can make an instance, as they come from the command line. */
export interface CreationFlags {
  profile?: string;
  source?: string;
  ref?: string;
  host?: string[];
  address?: string;
  port?: string;
  workers?: string;
  bases?: string;
}

/** A setting that has an option, and a question of `init`. */
export interface CreationField {
  flag: "host" | "address" | "port" | "workers";
  setting: string;
  /** What the text of an option or of an answer is in instance.yaml; the schema says whether it is allowed. */
  read(text: string): unknown;
}

/** In the order in which `init` asks. */
export const FIELDS: CreationField[] = [
  { flag: "host", setting: "web.hosts", read: words },
  { flag: "address", setting: "web.address", read: (text) => text },
  { flag: "port", setting: "web.port", read: number },
  { flag: "workers", setting: "application.workers", read: number },
];

export function addCreationOptions(command: Command, { help }: Messages): Command {
  const repeated = (value: string, before: string[] = []): string[] => [...before, value];
  return command
    .option("--profile <profile>", help.options.profile)
    .option("--source <source>", help.options.source)
    .option("--ref <ref>", help.options.ref)
    .option("--host <host>", help.options.host, repeated)
    .option("--address <address>", help.options.address)
    .option("--port <port>", help.options.port)
    .option("--workers <count>", help.options.workers)
    .option("--bases <mode>", help.options.bases);
}

/**
 * `--ref` alone is about the source that the profile has.
 *
 * @throws UserError SETTING_INVALID
 */
export async function creationOptions(flags: CreationFlags): Promise<InitOptions> {
  const { settingProblem, withSettings } = await import("../instance/choices.ts");
  const given: [string, unknown][] = [];
  for (const { flag, setting, read } of FIELDS) {
    const value = flags[flag];
    if (value === undefined) continue;
    const text = Array.isArray(value) ? value.join(" ") : value;
    if (settingProblem(setting, read(text)) !== undefined)
      throw new UserError("SETTING_INVALID", { option: `--${flag}`, value: text });
    given.push([setting, read(text)]);
  }
  return {
    ...withSettings(given),
    profile: flags.profile === undefined ? undefined : oneOf("--profile", flags.profile, PROFILE_NAMES),
    bases: flags.bases === undefined ? undefined : oneOf("--bases", flags.bases, BASES_MODES),
    source: flags.source === undefined ? undefined : parseSource(flags.source, flags.ref, process.cwd()),
    ref: flags.source === undefined ? flags.ref : undefined,
  };
}

/** @throws UserError SETTING_INVALID */
export function wholeNumber(option: string, value: string, minimum = 0): number {
  if (!/^[0-9]{1,6}$/.test(value) || Number(value) < minimum) throw new UserError("SETTING_INVALID", { option, value });
  return Number(value);
}

function number(text: string): unknown {
  return /^[0-9]{1,6}$/.test(text) ? Number(text) : text;
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UserError("SETTING_INVALID", { option, value });
  return found;
}
