import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { UserError } from "../errors/user-error.ts";
import type { Instance } from "../instance/instance.ts";
import type { StackInput } from "../stack/input.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * The certificates in the files that `mail.ca_file`, `database.ca_file` and `ldap.ca_file` name.
 *
 * @throws UserError MAIL_AUTHORITIES_INVALID, DATABASE_AUTHORITIES_INVALID, LDAP_AUTHORITIES_INVALID when one is not there or
 *   holds no certificates
 */
export async function authorities({
  settings,
  paths,
}: Instance): Promise<Pick<StackInput, "mail" | "database" | "ldap">> {
  const certificates = async (file: string | undefined, error: (file: string, cause: Error) => UserError) => {
    if (file === undefined) return { authorities: undefined };
    const path = resolve(paths.folder, file);
    return { authorities: await read(path).catch((cause: Error) => Promise.reject(error(path, cause))) };
  };
  return {
    mail: await certificates(
      settings.mail?.ca_file,
      (file, cause) => new UserError("MAIL_AUTHORITIES_INVALID", { file, detail: cause.message }, { cause }),
    ),
    database: await certificates(
      settings.database?.ca_file,
      (file, cause) => new UserError("DATABASE_AUTHORITIES_INVALID", { file, detail: cause.message }, { cause }),
    ),
    ldap: await certificates(
      settings.ldap?.ca_file,
      (file, cause) => new UserError("LDAP_AUTHORITIES_INVALID", { file, detail: cause.message }, { cause }),
    ),
  };
}

async function read(file: string): Promise<string> {
  const certificates = (await readFile(file, "utf8")).match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw new Error("-----BEGIN CERTIFICATE-----");
  // Only certificates, and each of them readable: a key in the same file stays where it is.
  return certificates.map((text) => new X509Certificate(text).toString()).join("");
}
