import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { UserError } from "../errors/user-error.ts";
import type { Instance } from "../instance/instance.ts";
import type { StackInput } from "../stack/input.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * What the files that `mail` names come to.
 *
 * @throws UserError MAIL_AUTHORITIES_INVALID when ca_file is not there or holds no certificates
 */
export async function mailFiles({ settings: { mail }, paths }: Instance): Promise<StackInput["mail"]> {
  const { ca_file } = mail ?? {};
  return { authorities: ca_file === undefined ? undefined : await authorities(resolve(paths.folder, ca_file)) };
}

async function authorities(file: string): Promise<string> {
  try {
    const certificates = (await readFile(file, "utf8")).match(CERTIFICATE) ?? [];
    if (certificates.length === 0) throw new Error("-----BEGIN CERTIFICATE-----");
    // Only certificates, and each of them readable: a key in the same file stays where it is.
    return certificates.map((text) => new X509Certificate(text).toString()).join("");
  } catch (cause) {
    throw new UserError("MAIL_AUTHORITIES_INVALID", { file, detail: (cause as Error).message }, { cause });
  }
}
