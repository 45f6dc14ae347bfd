import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import {
  type CertificateState,
  checkCertificate,
  describeCertificate,
  type TlsFiles,
} from "../instance/certificate.ts";
import type { Instance } from "../instance/instance.ts";

const LINK = "current";

/** An empty folder, which web finds the pair by (nginx.conf.ejs). */
const NOTHING = "nothing";

/**
 * Reads and checks the instance's certificate and key; undefined where it has no HTTPS.
 *
 * @throws UserError TLS_FILE_MISSING, and those of checkCertificate
 */
export async function requireCertificate({ settings, paths }: Instance): Promise<TlsFiles | undefined> {
  const { tls, hosts } = settings.web;
  if (tls === undefined) return undefined;
  const read = async (setting: "certificate" | "key"): Promise<{ file: string; text: string }> => {
    const file = tls[setting];
    const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ENOENT") throw cause;
      throw new UserError("TLS_FILE_MISSING", { file, setting: `web.tls.${setting}`, path: paths.file }, { cause });
    });
    return { file, text };
  };
  const files = { certificate: await read("certificate"), key: await read("key") };
  checkCertificate(files, hosts, Date.now());
  return files;
}

/**
 * Puts certificate and key where web reads them, both at once: a folder of their own each time, and a link to the one in
 * service. The former ones stay until removeFormerCertificates: a handshake may be at them.
 */
export async function installCertificate({ paths }: Instance, files: TlsFiles): Promise<void> {
  const folder = paths.tls;
  await makeFolder(folder);
  const texts: Record<string, string> = { "certificate.pem": files.certificate.text, "key.pem": files.key.text };
  if (!(await holds(join(folder, LINK), texts))) {
    const fresh = randomBytes(8).toString("hex");
    await makeFolder(join(folder, fresh));
    for (const [name, text] of Object.entries(texts)) {
      // Readable for the user of web; the folder above them, secrets/, keeps all others out.
      await writeFile(join(folder, fresh, name), text, { flush: true });
      await chmod(join(folder, fresh, name), 0o444);
    }
    await makeFolder(join(folder, fresh, NOTHING));
    const draft = join(folder, `${fresh}.link`);
    await symlink(fresh, draft);
    await rename(draft, join(folder, LINK));
  }
}

/** A key that nothing uses any more does not stay, nor what killed commands have left. */
export async function removeFormerCertificates({ settings, paths }: Instance): Promise<void> {
  const folder = paths.tls;
  if (settings.web.tls === undefined) return rm(folder, { recursive: true, force: true });
  const inService = await readlink(join(folder, LINK));
  for (const name of await readdir(folder)) {
    if (name !== LINK && name !== inService) await rm(join(folder, name), { recursive: true });
  }
}

/** Of the certificate that web has: undefined where there is none. */
export async function installedCertificate({ settings, paths }: Instance): Promise<CertificateState | undefined> {
  const { tls } = settings.web;
  if (tls === undefined) return undefined;
  const text = await readIfAny(join(paths.tls, LINK, "certificate.pem"));
  return text === undefined ? undefined : describeCertificate(text, tls.certificate);
}

async function holds(folder: string, texts: Record<string, string>): Promise<boolean> {
  const found = await Promise.all(Object.keys(texts).map((name) => readIfAny(join(folder, name))));
  return Object.values(texts).every((text, index) => text === found[index]);
}

/** 0755 whatever the operator's umask: web reads it, too. */
async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
}

async function readIfAny(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
