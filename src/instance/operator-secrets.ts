import type { Settings } from "./schema.ts";

/** The name of the mail password in the containers. */
export const MAIL_SECRET = "mail_password";

/** The name of the database's password, the tool's own or the operator's. */
export const DATABASE_SECRET = "database_password";

/** The name of the password of the directory's account. */
export const LDAP_SECRET = "ldap_password";

/** The name of the password of the maintenance software's database. */
export const GMAO_SECRET = "gmao_password";

/** The files of secrets/ that the operator puts there, by their names in the containers. */
export function operatorSecrets({ mail, database, ldap, gmao }: Settings): Record<string, string> {
  const files = {
    [MAIL_SECRET]: mail?.password_file,
    [DATABASE_SECRET]: database?.password_file,
    [LDAP_SECRET]: ldap?.password_file,
    [GMAO_SECRET]: gmao?.password_file,
  };
  const given = Object.entries(files).flatMap(([name, file]) => (file === undefined ? [] : [[name, file] as const]));
  return Object.fromEntries(given);
}
