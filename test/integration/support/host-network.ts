import { X509Certificate } from "node:crypto";
import { glob, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { writeBuildSecrets } from "../../../src/adapters/host.ts";
import { createProcessRunner } from "../../../src/adapters/process.ts";

/** The software's own default addresses, which are in its files whatever the host has. */
const PUBLIC = /^(.*\.)?(debian\.org|pypi\.org|python\.org|golang\.org|google\.com|localhost|direct|off)$/;

/**
 * What tells this host's way to the network from another's: host names of proxies and mirrors, and the certificate
 * authorities that it has beside the public ones. Taken from what the builds are given.
 *
 * @param packaged certificates (PEM) that the image has from its distribution
 */
export async function hostNetwork(packaged: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "biomaid-integration-"));
  try {
    const processes = createProcessRunner(() => {}, new AbortController().signal);
    const secrets = await writeBuildSecrets(processes, process.env, folder, "bookworm");
    const read = async (id: string): Promise<string> => (secrets[id] ? readFile(secrets[id], "utf8") : "");
    const [host, apt, proxy, ca] = await Promise.all(["host", "apt", "apt-conf", "ca"].map(read));
    return [...hostNames(`${host}${apt}${proxy}`), ...(await privateAuthorities(ca ?? "", packaged))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function hostNames(text: string): string[] {
  const names = [...text.matchAll(/[a-z+]+:\/\/(?:[^@/\s']*@)?([^/:,|\s']+)/g)].map(([, name]) => name ?? "");
  return [...new Set(names)].filter((name) => !PUBLIC.test(name));
}

/** The last whole line of each, which is part of its signature: enough to find it, whatever file it was copied into. */
async function privateAuthorities(bundle: string, packaged: string): Promise<string[]> {
  const published = [...rootCertificates, ...certificates(packaged), ...certificates(await hostPackage())];
  const known = new Set(published.map(fingerprint));
  return certificates(bundle)
    .filter((pem) => !known.has(fingerprint(pem)))
    .map((pem) => pem.split("\n").findLast((line) => line.length === 64) ?? "")
    .filter((line) => line !== "");
}

async function hostPackage(): Promise<string> {
  let text = "";
  for await (const file of glob("/usr/share/ca-certificates/mozilla/*.crt")) text += await readFile(file, "utf8");
  return text;
}

function certificates(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

function fingerprint(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}
