import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AGENT, ask, FORM } from "../support/http.ts";
import { eventually } from "./support/eventually.ts";
import { RawConnection } from "./support/raw-connection.ts";
import type { RunningService } from "./support/running-service.ts";
import { TestInstance } from "./support/test-instance.ts";

/** Prints the path of every request that reaches the application, and answers those below /seen/. */
const WITNESS = `
def WITNESS(get_response):
    from django.http import HttpResponse

    def answer(request):
        print("witness:", request.method, request.path, flush=True)
        return HttpResponse("seen") if request.path.startswith("/seen/") else get_response(request)

    return answer

MIDDLEWARE = ["instance_settings.WITNESS", *MIDDLEWARE]
`;

const LIVENESS = "/x/common/no_ie/";
/** compose/templates/nginx.conf.ejs: limit_req. */
const BURST = 30;
/** compose/templates/nginx.conf.ejs: client_header_timeout, in seconds. */
const HEADER_TIMEOUT = 15;

let instance: TestInstance;
let web: RunningService;
let app: RunningService;
let port: number;

beforeAll(async () => {
  instance = await TestInstance.create({ application: { workers: 2 }, media: { access: "public" } });
  await instance.configure("50-witness.py", WITNESS);
  await instance.start("db");
  await instance.succeed();
  web = await instance.start("web");
  app = await instance.start("app");
  port = await web.port(8080);
});
afterAll(() => instance?.[Symbol.asyncDispose]());

/** The requests that the application has got, once it has got this one, too. */
async function seenUpTo(last: string): Promise<string[]> {
  expect((await ask(port, last, { headers: AGENT })).status).toBe(200);
  return eventually(`${last} in the log of app`, 20, async () => {
    const requests = [...(await app.output()).matchAll(/^witness: (.+)$/gm)].map(([, request]) => request ?? "");
    return requests.includes(`GET ${last}`) ? requests : undefined;
  });
}

describe("a request inside the body of another", () => {
  const HOST = "Host: localhost\r\nUser-Agent: test\r\n";
  const EMPTY_CHUNK = "0\r\n\r\n";
  const inner = (path: string): string => `GET ${path} HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
  const outer = (headers: string, body = "") => `POST /seen/outer HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
  const innerLength = inner("/seen/inner-00").length;

  // RFC 9112, 5.2, 6.1, 6.3 and 11.2: where two servers may not agree on where a request ends.
  const AMBIGUOUS: [string, "refused" | "one meaning", string][] = [
    ["a length and chunks", "refused", outer("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", EMPTY_CHUNK)],
    ["chunks and a length", "refused", outer("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", EMPTY_CHUNK)],
    ["two lengths", "refused", outer(`Content-Length: 0\r\nContent-Length: ${innerLength}\r\n`)],
    ["a list of lengths", "refused", outer(`Content-Length: 0, ${innerLength}\r\n`)],
    ["a length with a sign", "refused", outer("Content-Length: +0\r\n")],
    ["a hexadecimal length", "refused", outer("Content-Length: 0x0\r\n")],
    ["an unknown encoding", "refused", outer("Transfer-Encoding: xchunked\r\n", EMPTY_CHUNK)],
    ["two encodings", "refused", outer("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", EMPTY_CHUNK)],
    ["a list of encodings", "refused", outer("Transfer-Encoding: identity, chunked\r\n", EMPTY_CHUNK)],
    ["chunks in HTTP/1.0", "refused", outer("Transfer-Encoding: chunked\r\n", EMPTY_CHUNK).replace("/1.1", "/1.0")],
    ["a chunk of less than nothing", "refused", outer("Transfer-Encoding: chunked\r\n", "-1\r\n\r\n")],
    ["a chunk of 2^68 bytes", "refused", outer("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n\r\n")],
    ["NUL in a header", "refused", outer("X: a\0b\r\nContent-Length: 0\r\n")],
    ["a space before the colon", "refused", outer("Transfer-Encoding : chunked\r\nContent-Length: 5\r\n", EMPTY_CHUNK)],
    ["a folded header", "refused", outer("X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", EMPTY_CHUNK)],
    ["an underscore for the hyphen", "one meaning", outer("Content_Length: 99\r\nContent-Length: 0\r\n")],
    ["lines without CR", "one meaning", outer("X: y\nTransfer-Encoding: chunked\n", EMPTY_CHUNK)],
  ];

  test.each(AMBIGUOUS.map((row, index) => [index, ...row] as const))(
    "%i: %s: %s",
    async (index, _, expected, request) => {
      const path = `/seen/inner-${String(index).padStart(2, "0")}`;
      await using connection = await RawConnection.open(port);
      connection.write(request + inner(path));
      await connection.closed();
      const requests = await seenUpTo(`/seen/after-${index}`);
      const reached = requests.includes(`GET ${path}`);
      // One that nginx took for a request of its own as well was not smuggled: it had its turn, its limits and its answer.
      expect(reached).toBe((await web.output()).includes(`"GET ${path} HTTP/1.1" 200`));
      if (expected === "refused") {
        expect(reached).toBe(false);
        expect(connection.statuses).toEqual([expect.toSatisfy((status: number) => status === 400 || status === 501)]);
      } else expect(connection.statuses).toEqual([200, 200]);
    },
  );
});

describe("headers that are too large", () => {
  test.each([
    ["a line", 414, { path: `${LIVENESS}?${"x".repeat(9000)}` }],
    ["a header", 400, { headers: { X: "x".repeat(9000) } }],
    [
      "cookies",
      400,
      { headers: { Cookie: Array.from({ length: 40 }, (_, i) => `c${i}=${"x".repeat(1000)}`).join("; ") } },
    ],
    ["many headers", 400, { headers: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`X-${i}`, "y"])) }],
  ])(
    "%s are refused with %i, and the next request is served",
    async (_, status, asked: { path?: string; headers?: Record<string, string> }) => {
      const answer = await ask(port, asked.path ?? LIVENESS, { headers: { ...AGENT, ...asked.headers } });
      expect(answer.status).toBe(status);
      expect((await ask(port, LIVENESS, { headers: AGENT })).status).toBe(200);
    },
  );

  test("the longest query that BiomAid's tables make passes", async () => {
    const path = `/seen/long?${"x".repeat(7900)}`;
    expect(await ask(port, path, { headers: AGENT })).toMatchObject({ status: 200, text: "seen" });
  });
});

describe("slow clients", () => {
  const SLOW = 300;

  test("hold none of the application's workers, whether slow with headers or with bodies", async () => {
    await using clients = new AsyncDisposableStack();
    const open = (first: string) => async () => {
      const connection = clients.use(await RawConnection.open(port));
      connection.write(first);
      return connection;
    };
    const body = "POST /seen/slow HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\nContent-Length: 1000\r\n\r\nx";
    // One address may have 256 requests under way (limit_conn): half of the slow ones are still at their headers.
    const kinds = [open("GET /seen/slow HTTP/1.1\r\nHost: localhost\r\nX: "), open(body)];
    const connections = await Promise.all(Array.from({ length: SLOW }, (_, index) => kinds[index % 2]?.()));
    const drip = setInterval(() => {
      for (const connection of connections) connection?.write("x");
    }, 1000);
    clients.defer(() => clearInterval(drip));

    const start = Date.now();
    let slowest = 0;
    while (Date.now() - start < HEADER_TIMEOUT * 1000 + 3000) {
      const asked = Date.now();
      expect((await ask(port, LIVENESS, { headers: AGENT })).status).toBe(200);
      slowest = Math.max(slowest, Date.now() - asked);
      await new Promise((done) => setTimeout(done, 200));
    }
    expect(slowest, "milliseconds of the slowest request beside them").toBeLessThan(2000);
    const requests = await seenUpTo("/seen/after-slow");
    expect(
      requests.filter((request) => request.endsWith("/seen/slow")),
      "none has reached the application",
    ).toEqual([]);
    // However they drip: the time for all headers together is over.
    const headers = connections.filter((_, index) => index % 2 === 0);
    await Promise.all(headers.map((connection) => connection?.closed()));
  });

  test("one address cannot have more than 256 requests under way", async () => {
    await using clients = new AsyncDisposableStack();
    const body = "POST /seen/many HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\nContent-Length: 9\r\n\r\n";
    const connections = await Promise.all(
      Array.from({ length: 300 }, async () => {
        const connection = clients.use(await RawConnection.open(port));
        connection.write(body);
        return connection;
      }),
    );
    const refused = (): number => connections.filter(({ statuses }) => statuses[0] === 429).length;
    await eventually("44 of 300 are refused", 20, async () => refused() === 44 || undefined);
  });
});

describe("a flood of attempts to sign in", () => {
  const post = (path: string) =>
    ask(port, path, { method: "POST", headers: { ...AGENT, ...FORM }, body: "form=sign-in&username=root&password=x" });

  test.each([
    "/common-afib/common/sign/",
    "/x/common/%73ign/",
    "/x%0Ay/common/sign/",
    "/x/common/sign/in/",
    "/login/",
    "/x/signup/",
    "/admin/login/",
    "/x/admin/login/",
  ])("is stopped at %s with a page that says so, and stops nobody else", async (path) => {
    // The limit counts for all of these pages together: what the last test has used up comes back by one a second.
    await restartWeb();
    const answers = await Promise.all(Array.from({ length: BURST + 20 }, () => post(path)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(15);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(BURST);
    expect(refused[0]?.headers).toMatchObject({ "retry-after": "30", "cache-control": "no-store" });
    expect(refused[0]?.text).toContain("trop d’essais de connexion");
    expect(refused[0]?.text).toContain("too many attempts to sign in");
    for (const other of ["/common-afib/common/sign/", LIVENESS, "/static/local/Logo%20BiomAid.png"])
      expect((await ask(port, other, { headers: AGENT })).status).toBe(200);
  });

  async function restartWeb(): Promise<void> {
    await web.stop(20);
    await web.start();
    await web.healthy();
    port = await web.port(8080);
  }
});

test("another instance's files are not served", async () => {
  await using other = await TestInstance.create({ beside: instance, media: { access: "public" } });
  await app.read("sh", "-c", "echo mine >/srv/biomaid/media/mine.txt");
  const otherWeb = await other.start("web");
  const otherPort = await otherWeb.port(8080);
  expect(await ask(port, "/media/mine.txt", { headers: AGENT })).toMatchObject({ status: 200, text: "mine\n" });
  expect((await ask(otherPort, "/media/mine.txt", { headers: AGENT })).status).toBe(404);
});
