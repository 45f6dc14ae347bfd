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
  port?: string;
  bases?: string;
}

export function addCreationOptions(command: Command, { help }: Messages): Command {
  return command
    .option("--profile <profile>", help.options.profile)
    .option("--source <source>", help.options.source)
    .option("--ref <ref>", help.options.ref)
    .option("--port <port>", help.options.port)
    .option("--bases <mode>", help.options.bases);
}

/**
 * `--ref` alone is about the source that the profile has.
 *
 * @throws UserError SETTING_INVALID
 */
export function creationOptions(flags: CreationFlags): InitOptions {
  return {
    profile: flags.profile === undefined ? undefined : oneOf("--profile", flags.profile, PROFILE_NAMES),
    bases: flags.bases === undefined ? undefined : oneOf("--bases", flags.bases, BASES_MODES),
    source: flags.source === undefined ? undefined : parseSource(flags.source, flags.ref, process.cwd()),
    ref: flags.source === undefined ? flags.ref : undefined,
    port: flags.port === undefined ? undefined : wholeNumber("--port", flags.port),
  };
}

/** @throws UserError SETTING_INVALID */
export function wholeNumber(option: string, value: string, minimum = 0): number {
  if (!/^[0-9]{1,6}$/.test(value) || Number(value) < minimum) throw new UserError("SETTING_INVALID", { option, value });
  return Number(value);
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UserError("SETTING_INVALID", { option, value });
  return found;
}
