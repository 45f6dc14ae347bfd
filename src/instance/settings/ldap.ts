import { z } from "zod";
import { CONNECTION_SECURITY } from "../names.ts";
import { FOLDER, isOwnHost, path, secretFile } from "./patterns.ts";

/** RFC 4516 without a DN: a server, by its name or its address. */
const SERVER =
  /^ldaps?:\/\/([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])(:[1-9][0-9]{0,4})?\/?$/;

/** RFC 4515, with the place of the login as django-auth-ldap has it. */
const FILTER = /^\(\P{Cc}*%\(user\)s\P{Cc}*\)$/u;

/** RFC 4512, 1.4: the short name of an attribute, or its number. */
const ATTRIBUTE = /^([A-Za-z][A-Za-z0-9-]*|[0-9]+(\.[0-9]+)+)$/;

const attribute = z.string().regex(ATTRIBUTE);

const attributes = z.strictObject({
  first_name: attribute.optional().describe("Attribute of the first name: givenName unless given"),
  last_name: attribute.optional().describe("Attribute of the last name: sn unless given"),
  email: attribute.optional().describe("Attribute of the mail address: mail unless given"),
});

export const ldap = z
  .strictObject({
    urls: z
      .array(
        z
          .string()
          .regex(SERVER, { abort: true })
          .refine((value) => URL.canParse(value), { params: { rule: "serverInvalid" }, abort: true })
          .refine((value) => !isOwnHost(hostOf(value)), { params: { rule: "loopbackServer" } }),
      )
      .min(1)
      .describe(
        "The directory's servers, ldap://HOST or ldaps://HOST, with :PORT where it is another than 389 or 636 (host.docker.internal is this machine); the next one is asked when one does not answer",
      ),
    security: z
      .enum(CONNECTION_SECURITY)
      .optional()
      .describe(
        "How connections are encrypted: tls with ldaps://, starttls with ldap:// unless given; with none, everybody's passwords are readable on the network",
      ),
    bind_dn: z.string().min(1).regex(FOLDER).optional().describe("Account that searches; without it, nobody's"),
    password_file: secretFile.optional().describe("File of secrets/ that holds its password"),
    search_base: z.string().min(1).regex(FOLDER).describe("Entry below which people are looked for"),
    filter: z
      .string()
      .regex(FILTER, { abort: true })
      .refine(isFilter, { params: { rule: "filterInvalid" } })
      .optional()
      .describe(
        "LDAP filter that finds who signs in, %(user)s being the login: (uid=%(user)s) unless given; (sAMAccountName=%(user)s) for Active Directory",
      ),
    attributes: attributes.optional().describe("Where the directory has what BiomAid knows of people"),
    ca_file: path
      .optional()
      .describe(
        "PEM file of the authorities that the servers' certificates are checked with, from the instance's folder",
      ),
    timeout: z
      .int()
      .min(1)
      .max(30)
      .optional()
      .describe("Seconds that a server may take to connect or to answer: 5 unless given"),
  })
  .refine(({ urls }) => new Set(urls.map(isEncrypted)).size <= 1, { params: { rule: "oneScheme" }, path: ["urls"] })
  .refine(({ urls, security = defaultSecurity(urls) }) => (security === "tls") === isEncrypted(urls[0] ?? ""), {
    params: { rule: "securityOfScheme" },
    path: ["security"],
  })
  .refine(({ security, ca_file }) => security !== "none" || ca_file === undefined, {
    params: { rule: "authorityUnused" },
    path: ["ca_file"],
  })
  .refine((value) => (value.bind_dn === undefined) === (value.password_file === undefined), {
    params: { rule: "bindWithPassword" },
  })
  .describe("The directory (LDAP, Active Directory) by which people may sign in");

type Ldap = z.infer<typeof ldap>;

/** A directory with nothing left to defaults. */
export type LdapSettings = Omit<Ldap, "attributes"> &
  Required<Pick<Ldap, "security" | "filter" | "timeout">> & { attributes: Required<NonNullable<Ldap["attributes"]>> };

export function withLdapDefaults(file: Ldap): LdapSettings {
  const { security = defaultSecurity(file.urls), filter = "(uid=%(user)s)", timeout = 5 } = file;
  const { first_name = "givenName", last_name = "sn", email = "mail" } = file.attributes ?? {};
  return { ...file, security, filter, timeout, attributes: { first_name, last_name, email } };
}

function defaultSecurity(urls: string[]): "tls" | "starttls" {
  return isEncrypted(urls[0] ?? "") ? "tls" : "starttls";
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
}

function isEncrypted(url: string): boolean {
  return url.startsWith("ldaps:");
}

/** Whether its parentheses match, and nothing in it is taken for another place of a value (`%` elsewhere than in `%(user)s`). */
function isFilter(text: string): boolean {
  const plain = text.replaceAll("%(user)s", "");
  let depth = 0;
  for (const [index, character] of [...plain].entries()) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth <= 0 && index < plain.length - 1) return false;
  }
  return depth === 0 && !plain.includes("%");
}
