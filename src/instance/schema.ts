import { z } from "zod";
import { isEverything, isLoopback } from "./addresses.ts";
import { DESCRIPTIONS_FR } from "./descriptions-fr.ts";
import { BASES_MODES, LOG_LEVELS, MAIL_SECURITY, PROFILE_NAMES } from "./names.ts";

/** The format of instance.yaml that this version reads and writes; newer ones are refused. */
export const FORMAT_VERSION = 1;

/** RFC 1123, section 2.1, with a leading dot for sub-domains as in Django's ALLOWED_HOSTS; or an IPv4 or [IPv6] address. */
const HOST =
  /^(\.?[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])$/;

/** What git accepts as the name of a branch, tag or commit (git-check-ref-format), and never an option. */
const GIT_REF = /^(?!-)(?!.*(\.\.|\/\/|@\{))[A-Za-z0-9._/+@-]+$/;

/** https, http, ssh, git and file URLs, and scp-like addresses; never an option nor a transport helper (`ext::`). */
const GIT_URL =
  /^((https?|ssh|git|file):\/\/(?!-|[^/]*@-)[^\s\p{Cc}]+|(?!-)[A-Za-z0-9._-]+@(?!-)[A-Za-z0-9._-]+:[^\s:\p{Cc}][^\s\p{Cc}]*)$/u;

/** No file system takes a path with a NUL, and no message shows one with a line end in it as it is. */
const FOLDER = /^\P{Cc}*$/u;

/** An origin (RFC 6454): scheme, host and port, never a path, because BiomAid's own links begin at the root. */
const ORIGIN =
  /^https?:\/\/([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])(:[1-9][0-9]{0,4})?\/?$/;

/** In `web.trusted_proxies`: a proxy on this machine, whatever address it is seen with. */
export const HOST_PROXY = "host";

/** The reference of an image, as the distribution specification has it, a digest included. */
const IMAGE =
  /^([A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?\/)?[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(\/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[a-z0-9]+:[0-9a-f]+)?$/;

/** An address of mail as Django's own validator takes it, without quoted local parts. */
const ADDRESS =
  "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*";
const EMAIL = new RegExp(`^${ADDRESS}$`);

/** With or without a name before it: `BiomAid <biomaid@chu.example>`. */
const SENDER = new RegExp(`^(${ADDRESS}|[^\\s<>@"\\p{Cc},;:\\\\][^<>@"\\p{Cc},;:\\\\]* <${ADDRESS}>)$`, "u");

/** A host of the network: a name without the leading dot of ALLOWED_HOSTS, or an address. */
const MAIL_HOST = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/** The name of a file, never of a way to one. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** What the tool itself keeps in secrets/. */
const OWN_SECRETS = ["secret_key", "database_password", "tls"];

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/);

const source = z
  .strictObject({
    git: z.string().regex(GIT_URL).optional().describe("URL of a git repository"),
    path: z.string().min(1).regex(FOLDER).optional().describe("A folder of this machine, in git or not"),
    image: z.string().regex(IMAGE).optional().describe("An application image that is already there"),
    sample: z.literal(true).optional().describe("The sample application shipped with biomaid-compose"),
    ref: z.string().regex(GIT_REF).optional().describe("Branch, tag or commit, for git and path"),
  })
  .refine(
    (value) => [value.git, value.path, value.image, value.sample].filter((kind) => kind !== undefined).length === 1,
    {
      params: { rule: "oneSource" },
    },
  )
  .refine((value) => value.ref === undefined || value.git !== undefined || value.path !== undefined, {
    params: { rule: "refNeedsGit" },
    path: ["ref"],
  })
  .describe("Where BiomAid's code comes from: exactly one of git, path, image, sample");

const application = z.strictObject({
  local: z
    .string()
    .regex(/^(\.\/local|[A-Za-z0-9_][A-Za-z0-9_-]*)$/)
    .describe("The site's configuration folder: one of the source's, or ./local for the instance's own"),
  groups: z.array(name).describe("Poetry groups installed beside main"),
  extras: z.array(name).describe("Poetry extras"),
  fixtures: z.array(name).describe("Fixtures loaded once into an empty database"),
  workers: z.int().min(1).max(64).describe("gunicorn processes"),
  timeout: z.int().min(30).max(3600).describe("The longest a request may take, in seconds"),
  debug: z.boolean().describe("Django's DEBUG"),
  language: z.enum(["fr", "en"]).describe("Django's LANGUAGE_CODE"),
  time_zone: z
    .string()
    .regex(/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)*$/)
    .describe("Django's TIME_ZONE, and the time of the jobs"),
  log_level: z.enum(LOG_LEVELS).describe("The least important messages that the application logs"),
  admins: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(/^[^\p{Cc}<>@",;:\\]+$/u)
          .describe("Name"),
        email: z.string().regex(EMAIL).describe("Address"),
      }),
    )
    .describe("Who is sent a mail when a request fails; Django's ADMINS"),
  outgoing: z.boolean().describe("Whether the application may open connections to other machines (mail, directory)"),
});

const path = z.string().min(1).regex(FOLDER);

const tls = z.strictObject({
  certificate: path.describe("PEM file: the certificate, then those of the authorities that issued it"),
  key: path.describe("PEM file with the certificate's private key, not encrypted"),
  redirect_port: z.int().min(1).max(65535).optional().describe("Published port that redirects HTTP to HTTPS"),
  hsts: z
    .int()
    .min(1)
    .max(63_072_000)
    .optional()
    .describe(
      "Seconds for which browsers are told to use HTTPS only (HSTS); cannot be taken back before they are over",
    ),
});

const trustedProxy = z
  .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6(), z.literal(HOST_PROXY)])
  .refine((value) => !isLoopback(value), { params: { rule: "loopbackProxy" } })
  .refine((value) => !isEverything(value), { params: { rule: "everyoneTrusted" } });

const web = z.strictObject({
  hosts: z
    .array(z.string().regex(HOST))
    .min(1)
    .describe("Names under which people reach the instance; the first one is used in mails"),
  address: z.union([z.ipv4(), z.ipv6()]).describe("Address of this machine that the web port is published on"),
  port: z.int().min(1).max(65535).describe("Published web port"),
  upload_limit: z.int().min(1).max(10_000).describe("Largest request body, in MB"),
  url: z
    .string()
    .regex(ORIGIN)
    .refine((value) => URL.canParse(value), { params: { rule: "urlInvalid" } })
    .optional()
    .describe("Address that people type, where it is another than hosts, port and tls give: that of a proxy in front"),
  tls: tls.optional().describe("HTTPS; without it, the web port speaks HTTP"),
  trusted_proxies: z
    .array(trustedProxy)
    .describe(
      "Addresses (or CIDR blocks) of the proxies in front, whose X-Forwarded-* are believed; host: this machine",
    ),
  publish_demo: z.boolean().describe("Allow an instance whose passwords are public on another address than loopback"),
});

const mail = z
  .strictObject({
    host: z.string().regex(MAIL_HOST).describe("The SMTP server"),
    port: z.int().min(1).max(65535).optional().describe("Its port: 25, 587 (starttls) or 465 (tls) unless given"),
    security: z.enum(MAIL_SECURITY).optional().describe("How the connection is encrypted: starttls unless given"),
    user: z
      .string()
      .regex(/^[^\s\p{Cc}]+$/u)
      .optional()
      .describe("Login at the SMTP server"),
    password_file: z.string().regex(FILE_NAME).optional().describe("File of secrets/ that holds the password"),
    from: z.string().regex(SENDER).describe("Sender of every message: an address, or NAME <ADDRESS>"),
    ca_file: z
      .string()
      .min(1)
      .regex(FOLDER)
      .optional()
      .describe(
        "PEM file of the authorities that the server's certificate is checked with, from the instance's folder",
      ),
  })
  .refine((value) => (value.user === undefined) === (value.password_file === undefined), {
    params: { rule: "userWithPassword" },
  })
  .refine((value) => value.security !== "none" || (value.user === undefined && value.ca_file === undefined), {
    params: { rule: "needsEncryption" },
    path: ["security"],
  })
  .refine(({ password_file = "" }) => !OWN_SECRETS.includes(password_file), {
    params: { rule: "ownSecret" },
    path: ["password_file"],
  })
  .describe("The server that sends the instance's mails; without it they only go to the log");

const bases = z
  .enum(BASES_MODES)
  .describe("Where base images come from: a registry, or this machine's package mirrors");

/** An instance with every setting known: the profile's defaults with instance.yaml on top. */
export const settingsSchema = z.strictObject({ source, application, web, mail: mail.optional(), bases });
export type Settings = z.infer<typeof settingsSchema>;
export type Source = Settings["source"];
export type Mail = Settings["mail"];

/** instance.yaml: what differs from the profile. */
export const fileSchema = z.strictObject({
  version: z.literal(FORMAT_VERSION).describe("Format of this file"),
  profile: z.enum(PROFILE_NAMES).describe("The defaults that this instance starts from"),
  source: source.optional(),
  application: application.partial().optional().describe("The Django application"),
  web: web
    .partial()
    .refine(({ tls, url }) => tls === undefined || url === undefined || /^https:/.test(url), {
      params: { rule: "tlsNeedsHttps" },
      path: ["url"],
    })
    .optional()
    .describe("What the network sees of the instance"),
  mail: mail.optional(),
  bases: bases.optional(),
});
export type InstanceFile = z.infer<typeof fileSchema>;

/**
 * The JSON Schema of instance.yaml, for editors.
 *
 * @param language of the descriptions: `fr`, or English
 */
export function jsonSchema(language = "en"): object {
  const schema = z.toJSONSchema(fileSchema, { target: "draft-7" }) as JsonSchema;
  if (language === "fr") describeIn(DESCRIPTIONS_FR, schema, []);
  return schema;
}

interface JsonSchema {
  description?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
}

function describeIn(descriptions: Record<string, string>, schema: JsonSchema, path: string[]): void {
  const description = descriptions[path.join(".")];
  if (description !== undefined) schema.description = description;
  if (schema.items !== undefined) describeIn(descriptions, schema.items, path);
  for (const [key, inner] of Object.entries(schema.properties ?? {})) describeIn(descriptions, inner, [...path, key]);
}
