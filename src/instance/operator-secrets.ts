import type { Settings } from "./schema.ts";

/** The name of the mail password in the containers. */
export const MAIL_SECRET = "mail_password";

/** The name of the database's password, the tool's own or the operator's. */
export const DATABASE_SECRET = "database_password";

/** The files of secrets/ that the operator puts there, by their names in the containers. */
export function operatorSecrets({ mail, database }: Settings): Record<string, string> {
  const files = { [MAIL_SECRET]: mail?.password_file, [DATABASE_SECRET]: database?.password_file };
  const given = Object.entries(files).flatMap(([name, file]) => (file === undefined ? [] : [[name, file] as const]));
  return Object.fromEntries(given);
}
