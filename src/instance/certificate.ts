import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { getCACertificates } from "node:tls";
import { UserError } from "../errors/user-error.ts";
import { isLoopback } from "./addresses.ts";

/** What an instance's certificate is, for people. */
export interface CertificateState {
  file: string;
  /** ISO 8601, of the one of the file that expires first. */
  expires: string;
  /** The authority whose certificate is neither in the file nor among those known here: browsers may miss it. */
  missingIssuer: string | null;
}

/** Files, and their contents. */
export interface TlsFiles {
  certificate: { file: string; text: string };
  key: { file: string; text: string };
}

/** Days before its end from which on a certificate is warned of: Let's Encrypt's clients renew 30 days before it. */
const WARNED_DAYS = 30;
const DAY = 86_400_000;

/** Bits: what OpenSSL's security level 2, Debian's default, takes for a server's RSA key (SSL_CTX_set_security_level(3)). */
const SMALLEST_RSA = 2048;

/** RFC 7468, section 5. */
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Checks that a web server can use a certificate and its key, and browsers accept them.
 *
 * @param hosts names as web.hosts has them; those of loopback are left out, because no authority certifies them
 * @param now milliseconds since the epoch
 * @throws UserError CERTIFICATE_UNREADABLE, KEY_UNREADABLE, KEY_ENCRYPTED, KEY_MISMATCH, KEY_WEAK, CERTIFICATE_ORDER,
 *   CERTIFICATE_CHAIN, CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET, CERTIFICATE_NAMES
 */
export function checkCertificate(files: TlsFiles, hosts: readonly string[], now: number): void {
  const { file } = files.certificate;
  const chain = parseChain(files.certificate.text, file);
  const key = parseKey(files.key.text, files.key.file);
  const [leaf, ...authorities] = chain;
  if (!leaf.checkPrivateKey(key)) {
    if (authorities.some((other) => other.checkPrivateKey(key))) throw new UserError("CERTIFICATE_ORDER", { file });
    throw new UserError("KEY_MISMATCH", { file, key: files.key.file });
  }
  const bits = key.asymmetricKeyType === "rsa" ? key.asymmetricKeyDetails?.modulusLength : undefined;
  if (bits !== undefined && bits < SMALLEST_RSA)
    throw new UserError("KEY_WEAK", { file: files.key.file, bits, minimum: SMALLEST_RSA });
  requireChain(chain, file);
  for (const certificate of chain) requireValid(certificate, file, now);
  const missing = namesOf(hosts).filter((name) => !covers(leaf, name));
  if (missing.length > 0) throw new UserError("CERTIFICATE_NAMES", { file, hosts: missing, names: coveredNames(leaf) });
}

/** @throws UserError CERTIFICATE_UNREADABLE */
export function describeCertificate(text: string, file: string): CertificateState {
  const chain = parseChain(text, file);
  const last = chain.at(-1) ?? chain[0];
  const known = isIssuedBy(last, last) || isFrom("bundled", last) || isFrom("system", last);
  return {
    file,
    expires: new Date(Math.min(...chain.map(({ validToDate }) => validToDate.getTime()))).toISOString(),
    missingIssuer: known ? null : nameOf(last.issuer),
  };
}

/** Whether it is over, or nearly. */
export function expiry({ expires }: CertificateState, now: number): "expired" | "expires" | undefined {
  const left = Date.parse(expires) - now;
  if (left <= 0) return "expired";
  return left <= WARNED_DAYS * DAY ? "expires" : undefined;
}

/** Those of Mozilla, which come with Node, or those of this machine, a hospital's own maybe among them. */
function isFrom(store: "bundled" | "system", certificate: X509Certificate): boolean {
  return getCACertificates(store).some((pem) => isIssuedBy(certificate, new X509Certificate(pem)));
}

type Chain = [X509Certificate, ...X509Certificate[]];

function parseChain(text: string, file: string): Chain {
  try {
    const [first, ...others] = (text.match(PEM_CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem));
    if (first !== undefined) return [first, ...others];
  } catch (cause) {
    throw new UserError("CERTIFICATE_UNREADABLE", { file }, { cause });
  }
  throw new UserError("CERTIFICATE_UNREADABLE", { file });
}

function parseKey(text: string, file: string): KeyObject {
  // PKCS #8 says so in its first line, the older format in the second (RFC 1421).
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text))
    throw new UserError("KEY_ENCRYPTED", { file });
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw new UserError("KEY_UNREADABLE", { file }, { cause });
  }
}

function requireChain(chain: Chain, file: string): void {
  for (const [index, certificate] of chain.entries()) {
    const next = chain[index + 1];
    if (next === undefined || isIssuedBy(certificate, next)) continue;
    if (chain.some((other) => other !== certificate && isIssuedBy(certificate, other)))
      throw new UserError("CERTIFICATE_ORDER", { file });
    throw new UserError("CERTIFICATE_CHAIN", {
      file,
      subject: nameOf(certificate.subject),
      issuer: nameOf(certificate.issuer),
      found: nameOf(next.subject),
    });
  }
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function requireValid(certificate: X509Certificate, file: string, now: number): void {
  const { validFromDate, validToDate } = certificate;
  const subject = nameOf(certificate.subject);
  if (validToDate.getTime() <= now)
    throw new UserError("CERTIFICATE_EXPIRED", { file, subject, date: validToDate.toISOString() });
  if (validFromDate.getTime() > now)
    throw new UserError("CERTIFICATE_NOT_YET", { file, subject, date: validFromDate.toISOString() });
}

/** Django's `.example.org` is example.org and all below it. */
function namesOf(hosts: readonly string[]): string[] {
  const names = hosts.flatMap((host) => (host.startsWith(".") ? [host.slice(1), `*${host}`] : [host]));
  return names
    .map((name) => name.replace(/^\[(.*)\]$/, "$1"))
    .filter((name) => name.toLowerCase() !== "localhost" && !isLoopback(name));
}

function covers(certificate: X509Certificate, name: string): boolean {
  if (/:|^[\d.]+$/.test(name)) return certificate.checkIP(name) !== undefined;
  // Never by its common name: browsers do not look at it any more (RFC 9110, 4.3.4).
  return certificate.checkHost(name.replace(/^\*/, "any"), { subject: "never" }) !== undefined;
}

function coveredNames({ subjectAltName = "" }: X509Certificate): string[] {
  return subjectAltName
    .split(", ")
    .filter((name) => /^(DNS|IP Address):/.test(name))
    .map((name) => name.replace(/^[^:]+:/, ""));
}

/** The common name, or all that it is named by. */
function nameOf(distinguished: string): string {
  return /^CN=(.*)$/m.exec(distinguished)?.[1] ?? distinguished.replaceAll("\n", ", ");
}
