import { chmod, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "node:tls";
import { execa } from "execa";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn, startBrowser } from "../support/browser.ts";
import { Authority, type Pair } from "../support/certificates.ts";
import { containersOf, identities } from "../support/engine.ts";
import { newInstance, type TestInstance } from "../support/instance.ts";
import { freePort, listen } from "../support/ports.ts";
import { application } from "../support/source.ts";

const SIGN_IN_PAGE = "/common-afib/common/sign/";

let authority: Authority;
let instance: TestInstance;
let redirectPort: number;
let url: string;
let pair: Pair;
let first: { stdout: string; stderr: string };

beforeAll(async () => {
  authority = await Authority.create();
  pair = await authority.chain({ names: ["localhost"] });
  instance = await newInstance();
  redirectPort = await freePort();
  url = `https://localhost:${instance.port}`;
  const [, , ...options] = instance.creation();
  await instance.cli(["init", instance.name, ...options]);
  await put(pair);
  await instance.set("web.tls", { certificate: "fullchain.pem", key: "../privkey.pem", redirect_port: redirectPort });
  first = await instance.cli(["up", instance.name]);
});
afterAll(async () => {
  await instance?.[Symbol.asyncDispose]();
  await authority?.[Symbol.asyncDispose]();
});

/** The key beside the instance's folder, and for its owner alone, as renewing programs leave it. */
async function put({ certificate, key }: Pair): Promise<void> {
  await instance.write("fullchain.pem", certificate);
  const file = join(instance.home, "privkey.pem");
  await writeFile(file, key, { mode: 0o600 });
  await chmod(file, 0o600);
}

/** The certificate that a new connection is given, in PEM. */
async function served(): Promise<string> {
  const socket = connect({
    host: "127.0.0.1",
    port: instance.port,
    servername: "localhost",
    rejectUnauthorized: false,
  });
  await new Promise((done, fail) => socket.once("secureConnect", done).once("error", fail));
  const der = socket.getPeerCertificate().raw.toString("base64");
  socket.destroy();
  return der;
}

/** Without line ends, as `served` gives it. */
function inPem({ certificate }: Pair): string {
  return certificate
    .replaceAll("\n", "")
    .replace("-----BEGIN CERTIFICATE-----", "")
    .replace(/-----END CERTIFICATE-----.*/, "");
}

test("up, status and list tell the address, and who issued the certificate if browsers may not know", async () => {
  expect(first.stdout).toContain(`  ${url}\n`);
  expect(first.stderr).toContain('does not have the certificate of "Test Root"');
  const status = JSON.parse((await instance.cli(["status", instance.name, "--json"])).stdout);
  expect(status).toMatchObject({
    url,
    certificate: { file: join(instance.folder, "fullchain.pem"), missingIssuer: "Test Root" },
    warnings: expect.arrayContaining(["issuerMissing"]),
  });
  expect((await instance.cli(["list"])).stdout).toContain(url);
  expect(await served()).toBe(inPem(pair));
});

test("a visitor who types http:// is redirected, signs in by HTTPS, and has cookies for HTTPS only", async () => {
  const browser: Browser = await startBrowser();
  try {
    // The authority is the test's own: no browser knows it.
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(`http://localhost:${redirectPort}${SIGN_IN_PAGE}?a=b`);
    expect(page.url()).toBe(`${url}${SIGN_IN_PAGE}?a=b`);
    await signIn(page, url, application.superuser);
    expect(page.url().startsWith(`${url}/`)).toBe(true);
    const cookies = await context.cookies();
    expect(cookies.map(({ name }) => name).sort()).toEqual(["csrftoken", expect.stringMatching(/^sessionid_/)]);
    expect(cookies.filter(({ secure }) => !secure)).toEqual([]);
  } finally {
    await browser.close();
  }
});

test("the key is in web alone, and told by nothing", async () => {
  const services = await instance.services();
  for (const { id, service } of Object.values(services)) {
    if (service === "init") continue;
    const { stdout } = await execa("docker", ["exec", id, "ls", "/run/secrets"], { reject: false });
    expect(stdout.includes("tls"), service).toBe(service === "web");
  }
  const write = await execa("docker", ["exec", services["web"]?.id ?? "", "touch", "/run/secrets/tls/x"], {
    reject: false,
  });
  expect(write.stderr).toContain("Read-only file system");
  expect((await stat(join(instance.folder, "secrets"))).mode & 0o777).toBe(0o700);
  const secret = pair.key.split("\n")[1] ?? "";
  const ids = (await containersOf(instance.project)).map(({ id }) => id);
  const told = [
    (await execa("docker", ["inspect", ...ids])).stdout,
    (await instance.compose("config")).stdout,
    first.stdout,
    first.stderr,
  ];
  // Not toContain: its message would print the key.
  for (const text of told) expect(text.includes(secret)).toBe(false);
});

describe("files that do not fit", () => {
  afterAll(() => put(pair));

  const cases: [string, () => Promise<Pair>][] = [
    ["CERTIFICATE_EXPIRED", () => authority.chain({ from: -9, to: -2 })],
    ["CERTIFICATE_NOT_YET", () => authority.chain({ from: 2, to: 9 })],
    ["CERTIFICATE_NAMES", () => authority.chain({ names: ["biomaid.example.org"] })],
    ["KEY_MISMATCH", async () => ({ ...(await authority.chain()), key: pair.key })],
    [
      "CERTIFICATE_CHAIN",
      async () => {
        const { certificate, key } = await authority.server();
        return { certificate: certificate + authority.root.certificate, key };
      },
    ],
    [
      "CERTIFICATE_ORDER",
      async () => {
        const { certificate, key } = await authority.server();
        return { certificate: authority.intermediate.certificate + certificate, key };
      },
    ],
    ["CERTIFICATE_UNREADABLE", async () => ({ ...pair, certificate: "garbage" })],
    ["KEY_UNREADABLE", async () => ({ ...pair, key: "garbage" })],
  ];
  test.each(cases)("are refused with %s, and what was there goes on", async (code, faulty) => {
    const before = identities(await instance.services());
    // A name of its own beside those of loopback, which no authority certifies.
    if (code === "CERTIFICATE_NAMES") await instance.set("web.hosts", ["localhost", "demo.example.org"]);
    await put(await faulty());
    const { stderr } = await instance.cli(["up", instance.name], { exitStatus: 1 });
    if (code === "CERTIFICATE_NAMES") await instance.set("web.hosts", undefined);
    expect(stderr).toContain(`[${code}]`);
    expect(stderr).toContain(code.startsWith("KEY_UNREADABLE") ? "privkey.pem" : "fullchain.pem");
    expect(await served()).toBe(inPem(pair));
    expect(identities(await instance.services())).toEqual(before);
  });

  test("are refused when they are not there", async () => {
    await rm(join(instance.home, "privkey.pem"));
    const { stderr } = await instance.cli(["up", instance.name], { exitStatus: 1 });
    expect(stderr).toContain("[TLS_FILE_MISSING]");
    expect(stderr).toContain("web.tls.key");
    expect(await served()).toBe(inPem(pair));
  });
});

describe("a renewed certificate", () => {
  test("is taken up by `up` while people work, and no container is made again or restarted", async () => {
    const before = identities(await instance.services());
    const renewed = await authority.chain({ to: 20 });
    await put(renewed);
    const answers: unknown[] = [];
    let running = true;
    const client = async (): Promise<void> => {
      while (running)
        answers.push(
          await execa("curl", ["-sk", "-o", "/dev/null", "-w", "%{http_code}", `${url}${SIGN_IN_PAGE}`]).then(
            ({ stdout }) => stdout,
            (error: Error) => error.message,
          ),
        );
    };
    const clients = [client(), client()];
    const { stderr } = await instance.cli(["up", instance.name]);
    expect(await served()).toBe(inPem(renewed));
    running = false;
    await Promise.all(clients);
    expect(new Set(answers)).toEqual(new Set(["200"]));
    expect(identities(await instance.services())).toEqual(before);
    expect(await readdir(join(instance.folder, "secrets", "tls"))).toHaveLength(2);
    // It has only 20 days.
    expect(stderr).toContain("is valid until");
    expect((await instance.cli(["status", instance.name])).stderr).toContain("is valid until");
  });

  test.each(["symlink:1", "readdir:1"])("is taken up by the next `up`, if one is killed before %s", async (moment) => {
    const renewed = await authority.chain();
    await put(renewed);
    const nodeOptions = ["--import", join(import.meta.dirname, "..", "support", "kill-at.ts")];
    const killed = instance.startCli(["up", instance.name], { nodeOptions, env: { KILL_AT: moment } });
    expect((await killed).signal).toBe("SIGKILL");
    await instance.cli(["up", instance.name]);
    expect(await served()).toBe(inPem(renewed));
    expect(await readdir(join(instance.folder, "secrets", "tls"))).toHaveLength(2);
  });
});

test("a port for the redirect that another program has is told by its setting", async () => {
  const port = await freePort();
  await using _taken = await listen(port);
  await instance.set("web.tls.redirect_port", port);
  const { stderr } = await instance.cli(["up", instance.name], { exitStatus: 1 });
  await instance.set("web.tls.redirect_port", redirectPort);
  expect(stderr).toContain("[PORT_TAKEN]");
  expect(stderr).toContain(`web.tls.redirect_port in ${instance.folder}`);
});

test("settings that exclude each other are told as such", async () => {
  await instance.set("web.tls.redirect_port", instance.port);
  const same = await instance.cli(["up", instance.name], { exitStatus: 2 });
  expect(same.stderr).toContain("[REDIRECT_PORT_SAME]");
  await instance.set("web.tls.redirect_port", redirectPort);
  const refusals: [string, unknown, string][] = [
    ["web.trusted_proxies", ["127.0.0.1"], 'write "host"'],
    ["web.trusted_proxies", ["::1"], 'write "host"'],
    ["web.trusted_proxies", ["0.0.0.0/0"], "everybody"],
    ["web.trusted_proxies", ["proxy.example.org"], "not allowed: proxy.example.org"],
    ["web.url", "http://biomaid.example.org", "https://"],
    ["web.url", "https://biomaid.example.org/path", "not allowed"],
  ];
  for (const [setting, value, told] of refusals) {
    await instance.set(setting, value);
    const { stderr } = await instance.cli(["config", "validate", instance.name], { exitStatus: 2 });
    await instance.set(setting, undefined);
    expect(stderr).toContain("[INSTANCE_FILE_INVALID]");
    expect(stderr).toContain(told);
  }
});

test("without web.tls again, HTTP is back and no key stays", async () => {
  await instance.set("web.tls", undefined);
  const { stdout } = await instance.cli(["up", instance.name]);
  expect(stdout).toContain(`  ${instance.url}\n`);
  expect((await instance.get(SIGN_IN_PAGE)).status).toBe(200);
  expect(await readdir(join(instance.folder, "secrets"))).not.toContain("tls");
});
