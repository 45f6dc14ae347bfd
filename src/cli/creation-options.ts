import { resolve } from "node:path";
import type { Command } from "commander";
import { UserError } from "../errors/user-error.ts";
import { BASES_MODES, GIT_ADDRESS, PROFILE_NAMES } from "../instance/names.ts";
import type { Messages } from "../messages/messages.ts";
import type { InitOptions } from "../operations/init.ts";
import { parseSource } from "../release/source.ts";

/** The options of the commands that can make an instance, as they come from the command line. */
export interface CreationFlags {
  profile?: string;
  source?: string;
  ref?: string;
  local?: string;
  group?: string[];
  extra?: string[];
  host?: string[];
  address?: string;
  tlsCertificate?: string;
  tlsKey?: string;
  port?: string;
  redirectPort?: string;
  workers?: string;
  outgoing?: true;
  mailHost?: string;
  mailFrom?: string;
  mailSecurity?: string;
  mailPort?: string;
  mailUser?: string;
  mailPasswordFile?: string;
  mailCaFile?: string;
  admin?: string[];
  bases?: string;
}

/** A setting that has an option, and a question of `init`. */
export interface CreationField {
  flag: Exclude<keyof CreationFlags, "profile" | "source" | "ref" | "group" | "extra" | "outgoing" | "bases">;
  setting: string;
  /** What the texts of an option, or of an answer, are in instance.yaml; the schema says whether that is allowed. */
  read(texts: string[]): unknown;
}

/** In the order in which `init` asks. */
export const FIELDS: CreationField[] = [
  { flag: "local", setting: "application.local", read: localFolder },
  { flag: "host", setting: "web.hosts", read: words },
  { flag: "address", setting: "web.address", read: text },
  { flag: "tlsCertificate", setting: "web.tls.certificate", read: file },
  { flag: "tlsKey", setting: "web.tls.key", read: file },
  { flag: "port", setting: "web.port", read: number },
  { flag: "redirectPort", setting: "web.tls.redirect_port", read: number },
  { flag: "workers", setting: "application.workers", read: number },
  { flag: "mailHost", setting: "mail.host", read: text },
  { flag: "mailFrom", setting: "mail.from", read: text },
  { flag: "mailSecurity", setting: "mail.security", read: text },
  { flag: "mailPort", setting: "mail.port", read: number },
  { flag: "mailUser", setting: "mail.user", read: text },
  { flag: "mailPasswordFile", setting: "mail.password_file", read: text },
  { flag: "mailCaFile", setting: "mail.ca_file", read: file },
  { flag: "admin", setting: "application.admins", read: people },
];

export function addCreationOptions(command: Command, { help }: Messages): Command {
  const repeated = (value: string, before: string[] = []): string[] => [...before, value];
  return command
    .option("--profile <profile>", help.options.profile)
    .option("--source <source>", help.options.source)
    .option("--ref <ref>", help.options.ref)
    .option("--local <folder>", help.options.local)
    .option("--group <group>", help.options.group, repeated)
    .option("--extra <extra>", help.options.extra, repeated)
    .option("--host <host>", help.options.host, repeated)
    .option("--address <address>", help.options.address)
    .option("--tls-certificate <file>", help.options.tlsCertificate)
    .option("--tls-key <file>", help.options.tlsKey)
    .option("--port <port>", help.options.port)
    .option("--redirect-port <port>", help.options.redirectPort)
    .option("--workers <count>", help.options.workers)
    .option("--outgoing", help.options.outgoing)
    .option("--mail-host <host>", help.options.mailHost)
    .option("--mail-from <sender>", help.options.mailFrom)
    .option("--mail-security <security>", help.options.mailSecurity)
    .option("--mail-port <port>", help.options.mailPort)
    .option("--mail-user <user>", help.options.mailUser)
    .option("--mail-password-file <file>", help.options.mailPasswordFile)
    .option("--mail-ca-file <file>", help.options.mailCaFile)
    .option("--admin <person>", help.options.admin, repeated)
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
    const texts = [value].flat();
    // Of what is wrong otherwise, the new file's diagnostics tell what is allowed.
    if (settingProblem(setting, read(texts))?.kind === "wrongType")
      throw new UserError("SETTING_INVALID", { option: optionOf(flag), value: texts.join(" ") });
    given.push([setting, read(texts)]);
  }
  for (const [setting, names] of [
    ["application.groups", flags.group],
    ["application.extras", flags.extra],
  ] as const) {
    if (names !== undefined) given.push([setting, words(names)]);
  }
  if (flags.outgoing) given.push(["application.outgoing", true]);
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

/** `--mail-host` of `mailHost`, as commander has it. */
function optionOf(flag: string): string {
  return `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function text(texts: string[]): string {
  return texts.join(" ");
}

function localFolder(texts: string[]): unknown {
  const given = text(texts);
  return GIT_ADDRESS.test(given) ? { git: given } : given;
}

/** A file is named from where the command is called; instance.yaml may be read from anywhere. */
function file(texts: string[]): string {
  const name = text(texts);
  return name === "" ? name : resolve(name);
}

function number(texts: string[]): unknown {
  const [first = ""] = texts;
  return /^[0-9]{1,6}$/.test(first) ? Number(first) : first;
}

function words(texts: string[]): string[] {
  return texts.flatMap((given) => given.split(/[\s,]+/)).filter((word) => word !== "");
}

/** `NAME <ADDRESS>`, several of them with semicolons between. */
function people(texts: string[]): { name: string; email: string }[] {
  const given = texts.flatMap((several) => several.split(";")).map((person) => person.trim());
  return given.map((person) => {
    const [, name = person, email = person] = /^(.+?)\s*<(.+)>$/.exec(person) ?? [];
    return { name, email };
  });
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UserError("SETTING_INVALID", { option, value });
  return found;
}
