import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../files/exists.ts";
import type { BuildSecrets } from "./builder.ts";
import type { ProcessRunner } from "./process.ts";

/** Where distributions keep their bundle of certificate authorities: Debian and Ubuntu, Fedora and Red Hat, openSUSE. */
const CA_BUNDLES = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"];

const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

/** The variables by which pip, Poetry, curl, npm, Go and OpenSSL find certificate authorities. */
const CA_VARIABLES = ["SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];

/** Where Go finds modules and their checksums. */
const GO_VARIABLES = ["GOPROXY", "GOSUMDB", "GONOSUMDB"];

/** Debian's repositories as this host has them, in apt's one-line format. */
export interface AptRepository {
  uri: string;
  codename: string;
}

/**
 * Writes what a build step needs to reach package mirrors from this network: proxy, certificate authorities, mirrors. They
 * go into builds as secrets, so that neither the image nor its history tells anything about the host.
 *
 * @param folder a private folder that is removed after the builds
 */
export async function writeBuildSecrets(
  processes: ProcessRunner,
  environment: NodeJS.ProcessEnv,
  folder: string,
  suite: string,
): Promise<BuildSecrets> {
  const secrets: BuildSecrets = {};
  const add = async (id: string, content: string | Buffer): Promise<void> => {
    secrets[id] = join(folder, id);
    await writeFile(secrets[id], content, { mode: 0o600 });
  };
  const exports: [string, string][] = [];
  for (const name of PROXY_VARIABLES) {
    const value = environment[name];
    if (value) exports.push([name, value]);
  }
  const bundle = await caBundle(environment);
  if (bundle !== undefined) {
    await add("ca", await readFile(bundle));
    for (const name of CA_VARIABLES) exports.push([name, "/run/secrets/ca"]);
  }
  const index =
    environment["PIP_INDEX_URL"] || (await setting(processes, "pip3", ["config", "get", "global.index-url"]));
  if (index) exports.push(["PIP_INDEX_URL", index]);
  for (const name of GO_VARIABLES) {
    const value = environment[name] || (await setting(processes, "go", ["env", name]));
    if (value) exports.push([name, value]);
  }
  await add("host", exports.map(([name, value]) => `export ${name}=${quote(value)}\n`).join(""));
  const repositories = await debianRepositories(processes, suite);
  if (repositories.length > 0) await add("apt", repositories.map(aptLine).join(""));
  // In a build the loopback is the build's own.
  const proxies = (await aptProxies(processes)).filter(
    (line) => !/"[a-z0-9]+:\/\/([^/"]*@)?(localhost|127\.|\[::1\])/.test(line),
  );
  if (proxies.length > 0) await add("apt-conf", proxies.join(""));
  return secrets;
}

/** The proxies that apt's own configuration names, for all hosts or single ones, as lines of such a configuration. */
export async function aptProxies(processes: ProcessRunner): Promise<string[]> {
  const result = await processes.run("apt-config", ["dump"]);
  return result.output
    .split("\n")
    .filter((line) => /^Acquire::https?::Proxy(::\S+)? "/.test(line))
    .map((line) => `${line}\n`);
}

/**
 * The mirrors of Debian that apt on this host uses, for another release of Debian than the host's where need be; none on
 * other distributions.
 */
export async function debianRepositories(processes: ProcessRunner, suite: string): Promise<AptRepository[]> {
  const format = "$(ORIGIN)|$(REPO_URI)|$(CODENAME)|$(COMPONENT)";
  const result = await processes.run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  if (result.exitStatus !== 0) return [];
  const repositories = new Map<string, AptRepository>();
  for (const line of result.output.split("\n")) {
    const [origin, uri, codename, component] = line.split("|");
    if (origin !== "Debian" || component !== "main" || !uri || !codename) continue;
    const wanted = codename.replace(/^[a-z]+/, suite);
    for (const reached of await networkUris(uri))
      repositories.set(`${reached} ${wanted}`, { uri: reached, codename: wanted });
  }
  return [...repositories.values()];
}

/**
 * What a repository's address means to another file system than this host's: the mirrors that a list in a file names, one a
 * line before a tab (apt-transport-mirror(1)), and nothing for `file:` and `cdrom:`.
 */
async function networkUris(uri: string): Promise<string[]> {
  const list = /^mirror\+file:(?:\/\/)?(\/.*?)\/?$/.exec(uri)?.[1];
  const uris = list === undefined ? [uri] : (await readFile(list, "utf8")).split("\n").map((line) => line.trim());
  return uris.filter((each) => /^(mirror\+)?https?:/.test(each)).map((each) => each.split(/\s/)[0] as string);
}

export function aptLine({ uri, codename }: AptRepository): string {
  return `deb ${uri} ${codename} main\n`;
}

async function caBundle(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const candidate of [environment["SSL_CERT_FILE"], ...CA_BUNDLES]) {
    if (candidate && (await exists(candidate))) return candidate;
  }
  return undefined;
}

async function setting(processes: ProcessRunner, program: string, args: string[]): Promise<string | undefined> {
  const result = await processes.run(program, args);
  return result.exitStatus === 0 ? result.output.trim() : undefined;
}

/** POSIX shell, 2.2.2: within single quotes every character stands for itself. */
function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
