import { z } from "zod";
import { DESCRIPTIONS_FR } from "./descriptions-fr.ts";
import { BASES_MODES, PROFILE_NAMES } from "./names.ts";
import { application, ORACLE_EXTRA } from "./settings/application.ts";
import { type Database, database } from "./settings/database.ts";
import { gmao } from "./settings/gmao.ts";
import { type LdapSettings, ldap } from "./settings/ldap.ts";
import { mail } from "./settings/mail.ts";
import { mailCatcher } from "./settings/mail-catcher.ts";
import { media } from "./settings/media.ts";
import { source } from "./settings/source.ts";
import { volumes } from "./settings/volumes.ts";
import { web } from "./settings/web.ts";

/** The format of instance.yaml that this version reads and writes; newer ones are refused. */
export const FORMAT_VERSION = 1;

const bases = z
  .enum(BASES_MODES)
  .describe("Where base images come from: a registry, or this machine's package mirrors");

/** An instance with every setting known: the profile's defaults with instance.yaml on top. */
export const settingsSchema = z.strictObject({
  source,
  application,
  web,
  media,
  mail: mail.optional(),
  mail_catcher: mailCatcher.optional(),
  gmao: gmao.optional(),
  volumes,
  bases,
});
export type Settings = z.infer<typeof settingsSchema> & { ldap?: LdapSettings; database?: Database };
export type Source = Settings["source"];
export type Mail = Settings["mail"];

/** instance.yaml: what differs from the profile. */
export const fileSchema = z
  .strictObject({
    version: z.literal(FORMAT_VERSION).describe("Format of this file"),
    profile: z.enum(PROFILE_NAMES).describe("The defaults that this instance starts from"),
    source: source.optional(),
    application: application
      .partial()
      .refine(({ extras, oracle_client }) => oracle_client === undefined || extras?.includes(ORACLE_EXTRA), {
        params: { rule: "clientNeedsOracle" },
        path: ["oracle_client"],
      })
      .optional()
      .describe("The Django application"),
    web: web
      .partial()
      .refine(({ tls, url }) => tls === undefined || url === undefined || /^https:/.test(url), {
        params: { rule: "tlsNeedsHttps" },
        path: ["url"],
      })
      .optional()
      .describe("What the network sees of the instance"),
    media: media.partial().optional().describe("Uploaded files"),
    mail: mail.optional(),
    mail_catcher: mailCatcher.optional(),
    ldap: ldap.optional(),
    gmao: gmao.optional(),
    database: database.optional(),
    volumes: volumes.optional(),
    bases: bases.optional(),
  })
  .refine((file) => file.mail === undefined || file.mail_catcher === undefined, {
    params: { rule: "mailOrCatcher" },
    path: ["mail_catcher"],
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
  anyOf?: JsonSchema[];
}

function describeIn(descriptions: Record<string, string>, schema: JsonSchema, path: string[]): void {
  const description = descriptions[path.join(".")];
  if (description !== undefined) schema.description = description;
  for (const holder of [schema, schema.items, ...(schema.anyOf ?? [])]) {
    for (const [key, inner] of Object.entries(holder?.properties ?? {}))
      describeIn(descriptions, inner, [...path, key]);
  }
}
