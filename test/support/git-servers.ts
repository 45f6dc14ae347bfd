import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { buffer } from "node:stream/consumers";
import { execa } from "execa";
import { type AuthContext, Server, utils } from "ssh2";

/** A git server on 127.0.0.1 for one repository, which it lets nobody read but one. */
export interface GitServer extends AsyncDisposable {
  url: string;
  port: number;
}

/** What the HTTP server lets in. */
export const HTTP_LOGIN = { user: "reader", password: "p4ss-w0rd-of-the-tests" };

/** git's own server program behind HTTP's basic authentication. */
export async function startHttpServer(repository: string): Promise<GitServer> {
  const wanted = `Basic ${Buffer.from(`${HTTP_LOGIN.user}:${HTTP_LOGIN.password}`).toString("base64")}`;
  const server = createServer(async (request, response) => {
    if (request.headers.authorization !== wanted) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
    const { pathname, search } = new URL(request.url ?? "/", "http://127.0.0.1");
    const { stdout } = await execa("git", ["http-backend"], {
      env: {
        GIT_PROJECT_ROOT: dirname(repository),
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers["content-type"],
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      },
      input: await buffer(request),
      encoding: "buffer",
    });
    // RFC 3875, 6: header lines, an empty line, the body.
    const end = Buffer.from(stdout).indexOf("\r\n\r\n");
    const lines = Buffer.from(stdout).subarray(0, end).toString().split("\r\n");
    const headers = Object.fromEntries(lines.map((line) => line.split(": ") as [string, string]));
    response.writeHead(Number.parseInt(headers["Status"] ?? "200", 10), headers).end(stdout.subarray(end + 4));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/${repository.split("/").at(-1)}/.git`,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Makes a pair of ssh keys without passphrase: the file, and the same with `.pub`. */
export async function makeKey(file: string): Promise<string> {
  await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file]);
  return file;
}

/**
 * git over ssh.
 *
 * @param hostKey file of the private key that the server is known by
 * @param allowed file of the public key that is let in
 */
export async function startSshServer(repository: string, hostKey: string, allowed: string): Promise<GitServer> {
  const key = utils.parseKey(await readFile(allowed));
  if (key instanceof Error) throw key;
  const isAllowed = (context: AuthContext): boolean =>
    context.method === "publickey" &&
    context.key.data.equals(key.getPublicSSH()) &&
    (context.signature === undefined ||
      (context.blob !== undefined && key.verify(context.blob, context.signature, context.hashAlgo) === true));
  const server = new Server({ hostKeys: [await readFile(hostKey)] }, (client) => {
    client.on("error", () => {});
    client.on("authentication", (context) => {
      if (isAllowed(context)) context.accept();
      else context.reject(["publickey"]);
    });
    client.on("session", (accept) => {
      const environment: Record<string, string> = {};
      accept()
        .on("env", (accepted, _rejected, { key: name, val }) => {
          environment[name] = val;
          accepted?.();
        })
        .on("exec", (acceptExec, _rejected, { command }) => {
          const channel = acceptExec();
          // The words of the command are the client's; the repository is the server's.
          if (!command.startsWith("git-upload-pack ")) return channel.exit(128);
          const program = spawn("git", ["upload-pack", repository], { env: { ...process.env, ...environment } });
          channel.pipe(program.stdin);
          program.stdin.on("error", () => {});
          program.stdout.pipe(channel, { end: false });
          program.stderr.pipe(channel.stderr, { end: false });
          program.on("close", (status) => {
            channel.exit(status ?? 1);
            channel.end();
          });
        });
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `ssh://git@127.0.0.1:${port}/repository.git`,
    port,
    [Symbol.asyncDispose]: () => new Promise((done) => server.close(() => done())),
  };
}

/** The line of known_hosts that makes a server of this machine known. */
export async function knownHost(port: number, hostKey: string): Promise<string> {
  const [type, key] = (await readFile(`${hostKey}.pub`, "utf8")).split(" ");
  return `[127.0.0.1]:${port} ${type} ${key}\n`;
}
