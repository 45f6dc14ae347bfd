import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AGENT, type Asked, ask, cookies } from "../support/http.ts";
import { signIn } from "../support/sign-in.ts";
import { ECHO } from "./support/echo.ts";
import type { RunningService } from "./support/running-service.ts";
import { TestInstance } from "./support/test-instance.ts";
import { expectUnprivileged } from "./support/unprivileged.ts";

let instance: TestInstance;
let web: RunningService;
let port: number;

beforeAll(async () => {
  // 1 MB is the smallest limit that an instance can have.
  instance = await TestInstance.create({ web: { upload_limit: 1 } });
  await instance.configure("50-echo.py", ECHO);
  await instance.start("db");
  await instance.succeed();
  web = await instance.start("web");
  port = await web.port(8080);
});
afterAll(() => instance?.[Symbol.asyncDispose]());

function get(path: string, asked: Asked = {}): ReturnType<typeof ask> {
  return ask(port, path, { ...asked, headers: { ...AGENT, ...asked.headers } });
}

test("nginx runs as uid 10002 without capabilities on a root file system that cannot be written to", async () => {
  await expectUnprivileged(web, await web.pids(/nginx/), 10002, 10001);
});

describe("without the application", () => {
  test("a page that retries by itself, with status 502 and Retry-After", async () => {
    const answer = await get("/");
    expect(answer).toMatchObject({
      status: 502,
      headers: { "retry-after": "5", "cache-control": "no-store", "content-type": "text/html; charset=utf-8" },
    });
    expect(answer.text).toContain('http-equiv="refresh"');
    expect(answer.text).toContain("BiomAid démarre");
  });

  test("the static files are there", async () => {
    const answer = await get("/static/local/Logo%20BiomAid.png");
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "image/png" } });
  });

  test("requests are logged, those for static files only when they fail", async () => {
    await get("/static/css/sample.css?served");
    await get("/static/not-there.css");
    await get("/x/common/sign/?logged");
    await web.says(/\?logged/);
    const log = await web.output();
    expect(log).toContain("not-there.css");
    expect(log).not.toContain("?served");
  });
});

describe("with the application", () => {
  beforeAll(async () => {
    const app = await instance.start("app");
    const files = {
      "note.txt": "texte",
      "page.html": "<script>alert(1)</script>",
      "plan.pdf": "%PDF-1.4",
      ".hidden": "x",
    };
    for (const [name, text] of Object.entries(files)) {
      await app.read("sh", "-c", `printf %s "$1" >"/srv/biomaid/media/$2"`, "sh", text, name);
    }
  });

  test.each([
    "/instance_settings.py",
    "/biomaid/instance_settings.py",
    "/settings/__init__.py",
    "/manage.py",
    "/static/../instance_settings.py",
    "/static/../../../../etc/passwd",
    "/static..%2f..%2fetc/passwd",
    "/static../state/local/config.toml",
    "/static/%2e%2e/%2e%2e/state/local/config.toml",
    "/static/..%2f..%2fstate%2flocal%2fconfig.toml",
    "/static/%252e%252e/%252e%252e/state/local/config.toml",
    "/media../log/app.jsonl",
    "/media/%2e%2e/log/app.jsonl",
    "/media/..%2flog%2fapp.jsonl",
    "/media/..%5clog%5capp.jsonl",
    "/media/%c0%ae%c0%ae/log/app.jsonl",
    "/media/.hidden",
    "/media/%2ehidden",
    "/static/.git/config",
    "/.env",
    "/.git/HEAD",
    "/media/",
    "/media",
    "/static/",
    "/static/local/",
    "/nginx-health",
    "/waiting.html",
    "/x/common/attachment/root/etc/passwd",
    "/x/common/%61ttachment/root/etc/passwd",
    "//x/common/attachment/root/etc/passwd",
  ])("%s gives nothing away", async (path) => {
    const { status, text } = await get(path);
    expect([301, 302, 400, 403, 404]).toContain(status);
    expect(text).not.toMatch(/root:|SECRET|import |"line"|ENABLED_ALERTS|<script>alert/);
    if (/attachment|\.hidden|health|waiting|passwd|\/$/.test(path)) expect([400, 403, 404]).toContain(status);
  });

  test("a request that does not name its browser is answered", async () => {
    expect((await ask(port, "/x/common/no_ie/")).status).toBe(200);
  });

  test("what a client says of proxies is not believed", async () => {
    const { text } = await get("/echo", {
      headers: {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Protocol": "ssl",
        "X-Forwarded-Ssl": "on",
        "X-Forwarded-For": "203.0.113.7",
        "X-Real-IP": "203.0.113.7",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Port": "443",
        Forwarded: "for=203.0.113.7;host=evil.example;proto=https",
      },
    });
    const seen = JSON.parse(text) as Record<string, string>;
    expect(seen).toMatchObject({ secure: false, host: "localhost", HTTP_X_FORWARDED_PROTO: "http" });
    expect(text).not.toContain("203.0.113.7");
    expect(text).not.toContain("evil.example");
    expect(seen["HTTP_X_FORWARDED_FOR"]).toBe(seen["HTTP_X_REAL_IP"]);
  });

  test("the port stays in Host, or Django would refuse the forms; another Host is refused", async () => {
    const { text } = await get("/echo", { headers: { Host: "localhost:8080" } });
    expect(JSON.parse(text)).toMatchObject({ HTTP_HOST: "localhost:8080" });
    expect((await get("/", { headers: { Host: "evil.example" } })).status).toBe(400);
  });

  test("an uploaded file is sent so that no browser runs it as a page of ours", async () => {
    const headers = { Cookie: cookies(await signIn(port, "root", "introuvable")) };
    const page = await get("/media/page.html", { headers });
    expect(page).toMatchObject({ status: 200, headers: { "x-content-type-options": "nosniff" } });
    expect(page.headers["content-security-policy"]).toMatch(/default-src 'none'.*sandbox/);
    expect(page.headers["cache-control"]).toMatch(/private/);

    const pdf = await get("/media/plan.pdf", { headers });
    expect(pdf).toMatchObject({ status: 200, headers: { "content-type": "application/pdf" } });
    expect(pdf.headers, "a PDF is not shown in a sandbox").not.toHaveProperty("content-security-policy");
    expect(pdf.headers["x-content-type-options"]).toBe("nosniff");
    expect((await get("/media/absent.txt", { headers })).headers["x-content-type-options"]).toBe("nosniff");
  });

  test("static files are compressed, and not sent again when they have not changed", async () => {
    const script = "/static/admin/css/base.css";
    const plain = await get(script);
    const packed = await get(script, { headers: { "Accept-Encoding": "gzip" } });
    expect(packed.headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding" });
    expect(packed.text).toBe(plain.text);

    const tag = String(plain.headers.etag);
    expect(tag).toMatch(/^"/);
    expect((await get(script, { headers: { "If-None-Match": tag } })).status).toBe(304);
    expect(plain.headers["cache-control"]).toBe("no-cache");
  });

  test("a body above the limit gets a page that says so, one below it reaches the application", async () => {
    const post = (bytes: number): ReturnType<typeof ask> => get("/echo", { method: "POST", body: Buffer.alloc(bytes) });
    // The application answers without reading the body: each answer has to arrive all the same.
    for (let count = 0; count < 20; count++) expect((await post(2 ** 20)).status).toBe(200);
    const refused = await post(2 ** 20 + 1);
    expect(refused).toMatchObject({ status: 413, headers: { "content-type": "text/html; charset=utf-8" } });
    expect(refused.text).toContain("au plus 1 Mo");
  });

  test("does not tell its version", async () => {
    expect((await get("/static/absent")).headers["server"]).toBe("nginx");
  });
});
