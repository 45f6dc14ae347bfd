import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

export interface Pair {
  /** PEM. */
  certificate: string;
  key: string;
}

export interface Wanted {
  names?: string[];
  /** Days from now; negative ones are over. */
  from?: number;
  to?: number;
  /** Whether it is good for a client, too. */
  client?: boolean;
  /** As `openssl genpkey` takes it: `rsa:1024`. */
  key?: string;
}

const DAY = 86_400_000;
const EXTENSIONS = {
  authority: "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n",
  server: "basicConstraints=critical,CA:false\nextendedKeyUsage=serverAuth\n",
  both: "basicConstraints=critical,CA:false\nextendedKeyUsage=serverAuth,clientAuth\n",
};

/** A certificate authority of the test's own, made by openssl(1): a root, and an intermediate one that issues. */
export class Authority implements AsyncDisposable {
  readonly root: Pair;
  readonly intermediate: Pair;
  readonly #folder: string;
  static #count = 0;

  static async create(): Promise<Authority> {
    const folder = await mkdtemp(join(tmpdir(), "biomaid-ca-"));
    const root = await issue(folder, "Test Root", undefined, EXTENSIONS.authority, {});
    const intermediate = await issue(folder, "Test Intermediate", root, EXTENSIONS.authority, {});
    return new Authority(folder, root, intermediate);
  }

  private constructor(folder: string, root: Pair, intermediate: Pair) {
    this.#folder = folder;
    this.root = root;
    this.intermediate = intermediate;
  }

  /** A server's certificate, without those of its authorities. */
  server(wanted: Wanted = {}): Promise<Pair> {
    const names = (wanted.names ?? ["localhost"]).map((name) => `${/^[\d.:a-f]+$/.test(name) ? "IP" : "DNS"}:${name}`);
    const usage = wanted.client ? EXTENSIONS.both : EXTENSIONS.server;
    const extensions = `${usage}subjectAltName=${names.join(",")}\n`;
    Authority.#count += 1;
    return issue(this.#folder, `Server ${Authority.#count}`, this.intermediate, extensions, wanted);
  }

  /** A server's certificate with the intermediate authority's after it, as a server should have it. */
  async chain(wanted: Wanted = {}): Promise<Pair> {
    const { certificate, key } = await this.server(wanted);
    return { certificate: certificate + this.intermediate.certificate, key };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** `openssl ca`, and not `openssl x509`, because only it sets the dates as they are wanted. */
async function issue(
  folder: string,
  name: string,
  issuer: Pair | undefined,
  extensions: string,
  { from = -1, to = 90, key = "ec" }: Wanted,
): Promise<Pair> {
  const work = join(folder, name.replace(" ", "-"));
  await mkdir(work);
  const file = (each: string): string => join(work, each);
  const [kind = "", bits] = key.split(":");
  const option = kind === "ec" ? "ec_paramgen_curve:P-256" : `rsa_keygen_bits:${bits}`;
  await execa("openssl", ["genpkey", "-algorithm", kind, "-pkeyopt", option, "-out", file("key.pem")]);
  await execa("openssl", ["req", "-new", "-key", file("key.pem"), "-subj", `/CN=${name}`, "-out", file("request.pem")]);
  const own = { certificate: "", key: await readFile(file("key.pem"), "utf8") };
  await writeFile(file("issuer.key"), (issuer ?? own).key);
  await writeFile(file("issuer.pem"), issuer?.certificate ?? "");
  await writeFile(file("index"), "");
  const settings = ["[ca]", "default_ca=x", "[x]", `new_certs_dir=${work}`, `database=${file("index")}`];
  const policy = ["rand_serial=yes", "default_md=sha256", "policy=p", "[p]", "commonName=supplied", "[e]", extensions];
  await writeFile(file("ca.cnf"), [...settings, ...policy].join("\n"));
  const dates = ["-startdate", asn1(from), "-enddate", asn1(to)];
  const signer = issuer ? ["-cert", file("issuer.pem")] : ["-selfsign"];
  await execa("openssl", [
    ...["ca", "-batch", "-notext", "-config", file("ca.cnf"), "-extensions", "e", ...dates, ...signer],
    ...["-keyfile", file("issuer.key"), "-in", file("request.pem"), "-out", file("certificate.pem")],
  ]);
  return { certificate: await readFile(file("certificate.pem"), "utf8"), key: own.key };
}

function asn1(days: number): string {
  return `${new Date(Date.now() + days * DAY).toISOString().replace(/[-:T]|\..*/g, "")}Z`;
}
