import type { Settings } from "./schema.ts";

/** The name of the mail password in the containers. */
export const MAIL_SECRET = "mail_password";

/** The files of secrets/ that the operator puts there, by their names in the containers. */
export function operatorSecrets({ mail }: Settings): Record<string, string> {
  return mail?.password_file === undefined ? {} : { [MAIL_SECRET]: mail.password_file };
}
