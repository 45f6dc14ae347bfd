import { Agent } from "node:https";
import { connect, type PeerCertificate } from "node:tls";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Authority, type Pair } from "../support/certificates.ts";
import { AGENT, type Asked, ask, cookies, FORM } from "../support/http.ts";
import { signIn } from "../support/sign-in.ts";
import { ECHO } from "./support/echo.ts";
import type { RunningService } from "./support/running-service.ts";
import { TestInstance } from "./support/test-instance.ts";

/** Answers /slow after some seconds. */
const SLOW = `
def SLOW(get_response):
    import time
    from django.http import HttpResponse

    def answer(request):
        if request.path != "/slow":
            return get_response(request)
        time.sleep(4)
        return HttpResponse("slow")

    return answer

MIDDLEWARE = ["instance_settings.SLOW", *MIDDLEWARE]
`;

const LIVENESS = "/x/common/no_ie/";

let authority: Authority;
let pair: Pair;
let instance: TestInstance;
let web: RunningService;
let port: number;

beforeAll(async () => {
  authority = await Authority.create();
  pair = await authority.chain();
  const tls = { certificate: "c.pem", key: "k.pem", redirect_port: 80, hsts: 600 };
  const hosts = ["biomaid.example.org", ".sub.example.org", "localhost", "127.0.0.1", "[::1]"];
  instance = await TestInstance.create({ web: { upload_limit: 1, hosts, tls } });
  await instance.certify(pair);
  await instance.configure("50-echo.py", ECHO + SLOW);
  await instance.start("db");
  await instance.succeed();
  web = await instance.start("web");
  port = await web.port(8443);
});
afterAll(async () => {
  await instance?.[Symbol.asyncDispose]();
  await authority?.[Symbol.asyncDispose]();
});

function get(path: string, asked: Asked = {}): ReturnType<typeof ask> {
  return ask(port, path, { tls: true, ...asked, headers: { ...AGENT, ...asked.headers } });
}

/** The certificate that a new connection is given. */
async function served(): Promise<PeerCertificate> {
  const socket = connect({ host: "127.0.0.1", port, servername: "localhost", rejectUnauthorized: false });
  await new Promise((done, fail) => socket.once("secureConnect", done).once("error", fail));
  const certificate = socket.getPeerCertificate();
  socket.destroy();
  return certificate;
}

/** What openssl says of a connection with these options of s_client. */
async function handshake(...options: string[]): Promise<string> {
  const args = ["s_client", "-connect", `127.0.0.1:${port}`, "-servername", "localhost", ...options];
  const { all } = await execa("openssl", args, { input: "", reject: false, all: true });
  return all;
}

describe("without the application", () => {
  test("the waiting page comes by HTTPS, with HSTS", async () => {
    const answer = await get("/");
    expect(answer).toMatchObject({
      status: 502,
      headers: { "retry-after": "5", "strict-transport-security": "max-age=600" },
    });
    expect(answer.text).toContain("BiomAid démarre");
  });

  test("a client that knows the root only gets what it needs to trust the certificate", async () => {
    const ca = authority.root.certificate;
    const socket = connect({ host: "127.0.0.1", port, servername: "localhost", ca });
    await new Promise((done, fail) => socket.once("secureConnect", done).once("error", fail));
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });
});

describe("a connection", () => {
  test.each([
    ["TLS 1.3", "-tls1_3", "TLSv1.3"],
    ["TLS 1.2", "-tls1_2", "TLSv1.2"],
  ])("with %s is made", async (_, option, protocol) => {
    expect(await handshake(option)).toMatch(new RegExp(`New, ${protocol}, Cipher is [A-Z]`));
  });

  test.each([
    ["TLS 1.1", ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], "alert protocol version"],
    ["TLS 1.0", ["-tls1", "-cipher", "DEFAULT@SECLEVEL=0"], "alert protocol version"],
    ["a cipher without authentication of its data", ["-tls1_2", "-cipher", "ECDHE+SHA384"], "alert handshake failure"],
    ["a key exchange without forward secrecy", ["-tls1_2", "-cipher", "kRSA"], "alert handshake failure"],
  ])("with %s is refused", async (_, options, alert) => {
    expect(await handshake(...options)).toContain(alert);
  });

  test("is taken up again from the server's memory, never from a ticket", async () => {
    expect(await handshake("-tls1_2")).not.toContain("TLS session ticket:");
    const resumed = await handshake("-tls1_2", "-reconnect");
    expect(resumed.match(/^Reused, TLSv1\.2/gm)?.length).toBeGreaterThanOrEqual(3);
  });
});

describe("HTTP", () => {
  const redirected = async (path: string, host: string, method = "GET"): Promise<string | undefined> => {
    const answer = await ask(await web.port(8080), path, { method, headers: { ...AGENT, Host: host } });
    expect(answer.status).toBe(301);
    return answer.headers.location;
  };

  test.each([
    ["/", "biomaid.example.org", "https://biomaid.example.org:8443/"],
    ["/a/b%20c?d=e&f=%2F", "biomaid.example.org:80", "https://biomaid.example.org:8443/a/b%20c?d=e&f=%2F"],
    ["/x", "BIOMAID.example.org", "https://biomaid.example.org:8443/x"],
    ["/x", "a.sub.example.org", "https://a.sub.example.org:8443/x"],
    ["/x", "localhost", "https://localhost:8443/x"],
    ["/x", "[::1]", "https://[::1]:8443/x"],
    ["/x", "evil.example", "https://biomaid.example.org:8443/x"],
    ["/x", "biomaid.example.org.evil.example", "https://biomaid.example.org:8443/x"],
    ["//evil.example/x", "localhost", "https://localhost:8443//evil.example/x"],
    ["/static/local/x.png", "localhost", "https://localhost:8443/static/local/x.png"],
    ["/media/x", "localhost", "https://localhost:8443/media/x"],
  ])("%s of %s is redirected to %s", async (path, host, location) => {
    expect(await redirected(path, host)).toBe(location);
    expect(await redirected(path, host, "POST")).toBe(location);
  });

  test("on the port of HTTPS is redirected, too", async () => {
    const answer = await ask(port, "/a?b=c", { headers: { ...AGENT, Host: "localhost:8443" } });
    expect(answer).toMatchObject({ status: 301, headers: { location: "https://localhost:8443/a?b=c" } });
  });
});

describe("with the application", () => {
  beforeAll(async () => {
    const app = await instance.start("app");
    await app.read("sh", "-c", "echo mine >/srv/biomaid/media/mine.txt");
  });

  test("each kind of answer tells browsers to stay with HTTPS, once", async () => {
    for (const path of ["/echo", "/static/local/Logo%20BiomAid.png", "/static/none", "/media/mine.txt", "/.hidden"]) {
      const { headers } = await get(path);
      expect(headers["strict-transport-security"], path).toBe("max-age=600");
    }
  });

  test("the application knows that it is HTTPS, whatever a client says", async () => {
    const headers = { Host: "localhost:8443", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example" };
    const { text } = await get("/echo", { headers });
    expect(JSON.parse(text)).toMatchObject({ secure: true, host: "localhost:8443", HTTP_X_FORWARDED_PROTO: "https" });
    expect(text).not.toContain("evil.example");
  });

  test("an upload is sent to who is signed in", async () => {
    const Cookie = cookies(
      await signIn(port, "root", "introuvable", { tls: true, headers: { Origin: "https://localhost" } }),
    );
    expect(await get("/media/mine.txt", { headers: { Cookie } })).toMatchObject({ status: 200, text: "mine\n" });
    expect((await get("/media/mine.txt")).status).toBe(403);
  });

  test("a form is taken from this origin only, and the cookies are for HTTPS only", async () => {
    const headers = { Host: "localhost:8443", Origin: "https://localhost:8443" };
    const answer = await signIn(port, "root", "introuvable", { tls: true, headers });
    const cookies = answer.headers["set-cookie"] ?? [];
    expect(cookies.map((cookie) => cookie.split("=")[0]).sort()).toEqual(["csrftoken", expect.stringMatching(/^sess/)]);
    for (const cookie of cookies) expect(cookie).toMatch(/; Secure(;|$)/);
    const other = { Host: "localhost:8443", Origin: "https://evil.example" };
    await expect(signIn(port, "root", "introuvable", { tls: true, headers: other })).rejects.toThrow("403");
    const insecure = { Host: "localhost:8443", Origin: "http://localhost:8443" };
    await expect(signIn(port, "root", "introuvable", { tls: true, headers: insecure })).rejects.toThrow("403");
  });

  test("a body above the limit, and too many attempts to sign in, get the pages that say so", async () => {
    const large = await get("/echo", { method: "POST", body: Buffer.alloc(2 ** 20 + 1) });
    expect(large).toMatchObject({ status: 413, headers: { "strict-transport-security": "max-age=600" } });
    expect(large.text).toContain("au plus 1 Mo");
    const attempts = await Promise.all(
      Array.from({ length: 50 }, () => get("/x/common/sign/", { method: "POST", headers: FORM, body: "x=1" })),
    );
    expect(attempts.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(10);
  });

  test("a renewed certificate is there at once, and no connection is closed for it", async () => {
    const before = await web.inspect();
    const first = (await served()).fingerprint256;
    using agents = new DisposableStack();
    const keepAlive = (): Agent =>
      agents.adopt(new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false }), (agent) =>
        agent.destroy(),
      );
    const idle = keepAlive();
    const used = keepAlive();
    expect((await get(LIVENESS, { agent: idle })).status).toBe(200);
    const [idleSocket] = Object.values(idle.freeSockets).flat();

    const answers: number[] = [];
    const errors: unknown[] = [];
    let running = true;
    const client = async (agent?: Agent): Promise<void> => {
      while (running) {
        const asked = agent === undefined ? {} : { agent };
        await get(LIVENESS, asked).then(
          ({ status }) => answers.push(status),
          (error: unknown) => errors.push(error),
        );
      }
    };
    const clients = [client(), client(), client(), client(used)];
    const slow = get("/slow");
    // Many times: certificate and key of two different ones must never meet in a handshake.
    const renewed = [await authority.chain(), await authority.chain()];
    for (let turn = 0; turn < 200; turn++) await instance.certify(renewed[turn % 2] as Pair);
    const second = (await served()).fingerprint256;
    expect(second).not.toBe(first);
    expect((await served()).fingerprint256).toBe(second);
    expect(await slow).toMatchObject({ status: 200, text: "slow" });
    running = false;
    await Promise.all(clients);

    expect(errors).toEqual([]);
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(answers.length).toBeGreaterThan(20);
    expect((await get(LIVENESS, { agent: idle })).status).toBe(200);
    expect(Object.values(idle.freeSockets).flat()[0], "the connection that was idle").toBe(idleSocket);
    const after = await web.inspect();
    expect([after.Id, after.State.StartedAt, after.State.Pid]).toEqual([
      before.Id,
      before.State.StartedAt,
      before.State.Pid,
    ]);
  });
});
