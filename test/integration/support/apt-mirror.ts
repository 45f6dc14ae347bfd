import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { execa } from "execa";

/** An apt repository on 127.0.0.1. */
export interface AptMirror extends AsyncDisposable {
  /** What a build has to be told to reach it: secrets by id. */
  secrets: Record<string, string>;
  /** The names of the files that were fetched from it. */
  delivered(): string[];
}

/**
 * @param way over TLS, with a certificate that no system knows; or behind a proxy, by a name that only the proxy knows
 * @param folder a folder that is removed after the test
 * @param name the only package of the mirror; it holds nothing
 */
export async function startAptMirror(way: "tls" | "proxy", folder: string, name: string): Promise<AptMirror> {
  const control = `Package: ${name}\nVersion: 99\nArchitecture: all\nMaintainer: test\nDescription: empty\n`;
  const deb = await buildPackage(folder, name, control);
  const sha256 = createHash("sha256").update(deb).digest("hex");
  const files: Record<string, Buffer | string> = {
    Packages: `${control}Filename: ./${name}.deb\nSize: ${deb.length}\nSHA256: ${sha256}\n`,
    [`${name}.deb`]: deb,
  };
  const delivered: string[] = [];
  const answer: RequestListener = (request, response) => {
    const asked = basename(request.url ?? "");
    const content = files[asked];
    if (content === undefined) return response.writeHead(404).end();
    delivered.push(asked);
    return response.end(content);
  };
  const { key, cert } = await certificate(folder);
  // A proxy is asked for whole addresses, and is the mirror itself here.
  const server = way === "tls" ? createHttps({ key, cert }, answer) : createHttp(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    secrets:
      way === "tls"
        ? { ca: cert, apt: `deb [trusted=yes] https://localhost:${port} ./\n` }
        : {
            apt: "deb [trusted=yes] http://mirror.invalid ./\n",
            "apt-conf": `Acquire::http::Proxy "http://localhost:${port}/";\n`,
          },
    delivered: () => delivered,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function buildPackage(folder: string, name: string, control: string): Promise<Buffer> {
  const tree = join(folder, name);
  await mkdir(join(tree, "DEBIAN"), { recursive: true });
  await writeFile(join(tree, "DEBIAN", "control"), control);
  const file = join(folder, `${name}.deb`);
  await execa("dpkg-deb", ["--root-owner-group", "--build", tree, file]);
  return readFile(file);
}

async function certificate(folder: string): Promise<{ key: string; cert: string }> {
  const [key, cert] = [join(folder, "mirror.key"), join(folder, "mirror.crt")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const form = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  await execa("openssl", ["req", "-x509", ...form, "-keyout", key, "-out", cert, ...names]);
  return { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") };
}
