import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { buildImage } from "../../src/adapters/builder.ts";
import { writeBuildSecrets } from "../../src/adapters/host.ts";
import { createProcessRunner } from "../../src/adapters/process.ts";
import type { Bases } from "../../src/release/bases.ts";
import type { Pair } from "./certificates.ts";
import { removeContainer, removeImage } from "./engine.ts";

export const SUFFIX = "dc=chu,dc=example";
/** The account that may search. */
export const READER = { dn: `cn=reader,${SUFFIX}`, password: "r3ader-of-the-tests" };

export interface Person {
  uid: string;
  password: string;
  givenName?: string;
  sn?: string;
  mail?: string;
  /** Where the entry is: people unless given. */
  ou?: "people" | "others";
}

/** An OpenLDAP server in a container, with STARTTLS on 389 and TLS on 636. */
export interface Directory extends AsyncDisposable {
  id: string;
}

/**
 * @param network of the containers that ask it
 * @param names under which they know it
 */
export async function startDirectory(
  bases: Bases,
  network: string,
  names: string[],
  certificate: Pair,
  people: Person[],
): Promise<Directory> {
  await using disposables = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "biomaid-directory-"));
  disposables.defer(() => rm(folder, { recursive: true, force: true }));
  const image = `biomaid-compose-test/slapd:${names[0]}-${process.pid}`;
  await build(image, bases, folder);
  disposables.defer(() => removeImage(image));

  const files = { "certificate.pem": certificate.certificate, "key.pem": certificate.key };
  for (const [name, text] of Object.entries({ ...files, "slapd.conf": CONFIGURATION, "data.ldif": ldif(people) }))
    await writeFile(join(folder, name), text);
  await chmod(folder, 0o755);
  const script =
    "mkdir /tmp/data && slapadd -f /directory/slapd.conf -l /directory/data.ldif && exec slapd -d 0 -f /directory/slapd.conf -h 'ldap:/// ldaps:///'";
  const aliases = names.flatMap((name) => ["--network-alias", name]);
  const options = ["--detach", "--network", network, ...aliases, "--volume", `${folder}:/directory:ro`];
  const { stdout: id } = await execa("docker", ["run", ...options, "--entrypoint", "sh", image, "-euc", script]);
  disposables.defer(() => removeContainer(id));
  const ready =
    "for try in $(seq 100); do ldapsearch -x -LLL -H ldap://127.0.0.1 -b '' -s base >/dev/null 2>&1 && exit; sleep 0.1; done; exit 1";
  await execa("docker", ["exec", id, "sh", "-c", ready]);
  const moved = disposables.move();
  return { id, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

async function build(tag: string, bases: Bases, folder: string): Promise<void> {
  const processes = createProcessRunner(() => {}, new AbortController().signal);
  const secrets = await writeBuildSecrets(processes, process.env, folder, bases.suite);
  const dockerfile = join(import.meta.dirname, "directory", "Dockerfile");
  const plan = { tag, dockerfile, args: { PYTHON_BASE: bases.images.python }, contexts: {} };
  const { exitStatus, lines } = await buildImage(processes, plan, secrets, () => {});
  if (exitStatus !== 0) throw new Error(lines.join("\n"));
}

const CONFIGURATION = `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile /directory/certificate.pem
TLSCertificateKeyFile /directory/key.pem
database mdb
suffix "${SUFFIX}"
directory /tmp/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${READER.dn}" read by * none
`;

function ldif(people: Person[]): string {
  const root = `dn: ${SUFFIX}\nobjectClass: domain\ndc: chu\n`;
  const units = ["people", "others"].map(
    (ou) => `dn: ou=${ou},${SUFFIX}\nobjectClass: organizationalUnit\nou: ${ou}\n`,
  );
  const reader = `dn: ${READER.dn}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: ${READER.password}\n`;
  const persons = people.map(({ uid, password, ou = "people", ...attributes }) => {
    const given = Object.entries({ sn: uid, ...attributes }).map(([name, value]) => `${name}:: ${base64(value)}\n`);
    return `dn: uid=${uid},ou=${ou},${SUFFIX}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nuserPassword: ${password}\n${given.join("")}`;
  });
  return [root, ...units, reader, ...persons].join("\n");
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
