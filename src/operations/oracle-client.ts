import { open } from "node:fs/promises";
import { UserError } from "../errors/user-error.ts";
import { digestFile } from "../files/digest.ts";
import type { Instance } from "../instance/instance.ts";

/** APPNOTE.TXT of PKWARE, 4.3.7: what a zip file begins with. */
const ZIP = Buffer.from("PK\x03\x04");

/**
 * The digest of Oracle's Instant Client that goes into the image; undefined where there is none.
 *
 * @throws UserError ORACLE_CLIENT_MISSING, ORACLE_CLIENT_INVALID
 */
export async function oracleClient({ settings, paths }: Instance): Promise<string | undefined> {
  const file = settings.application.oracle_client;
  if (file === undefined) return undefined;
  const handle = await open(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") throw new UserError("ORACLE_CLIENT_MISSING", { file, path: paths.file }, { cause });
    throw cause;
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(ZIP.length), 0, ZIP.length, 0);
    if (bytesRead < ZIP.length || !buffer.equals(ZIP))
      throw new UserError("ORACLE_CLIENT_INVALID", { file, detail: "no zip file" });
  } finally {
    await handle.close();
  }
  return digestFile(file);
}
