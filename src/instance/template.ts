import { Document } from "yaml";
import type { Messages } from "../messages/messages.ts";
import { FORMAT_VERSION, type InstanceFile } from "./schema.ts";

/** What is said when an instance is made; everything else is the profile's. */
export type NewInstance = Omit<InstanceFile, "version">;

/** Beside instance.yaml: what editors know its settings from. */
export const SCHEMA_FILE = "instance.schema.json";

/** What editors with the YAML language server look for (redhat-developer/yaml-language-server, README). */
const SCHEMA_LINK = ` yaml-language-server: $schema=${SCHEMA_FILE}`;

/** The text of a new instance.yaml: short, commented, with nothing in it that the profile already says. */
export function instanceFileText(choice: NewInstance, comments: Messages["instanceFile"]): string {
  const { profile, source, application, web, media, mail, mail_catcher, ldap, gmao, database, volumes, bases } = choice;
  const groups = { source, application, web, media, mail, mail_catcher, ldap, gmao, database, volumes, bases };
  const settings = Object.entries(groups).filter(([, value]) => value !== undefined);
  const document = new Document({ version: FORMAT_VERSION, profile, ...Object.fromEntries(settings) });
  document.commentBefore = `${SCHEMA_LINK}\n${comments.header(choice.profile)}`;
  document.comment = comments.footer;
  return document.toString({ lineWidth: 0 });
}
