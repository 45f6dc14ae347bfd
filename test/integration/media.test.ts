import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AGENT, type Answer, type Asked, ask, cookies } from "../support/http.ts";
import { signIn } from "../support/sign-in.ts";
import { eventually } from "./support/eventually.ts";
import type { RunningService } from "./support/running-service.ts";
import { TestInstance } from "./support/test-instance.ts";

/** Prints what web asks of sessions, and takes the middleware that answers out again. */
const SETTINGS = `
def WITNESS(get_response):
    def answer(request):
        if request.path.startswith("/_biomaid/"):
            print("asked:", request.path, flush=True)
        return get_response(request)

    return answer

MIDDLEWARE = ["instance_settings.WITNESS", *[name for name in MIDDLEWARE if not name.startswith("biomaid")]]
`;

const PERSON = { username: "couranth", password: "yQ6FfiKypa7h8Hc" };
const PAGE = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const NOTE = "/media/note.txt";
const ATTACHMENT = "/x/common/attachment/docs";
/** compose/templates/nginx.conf.ejs: proxy_cache_valid, in seconds. */
const KEPT = 5;

let folder: string;
let instance: TestInstance;
let web: RunningService;
let app: RunningService;
let port: number;
let session: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "biomaid-media-"));
  await chmod(folder, 0o755);
  const [docs, exports] = [join(folder, "docs $HOME"), join(folder, "exports")];
  await mkdir(join(docs, "plans"), { recursive: true });
  await mkdir(exports);
  await writeFile(join(docs, "plans", "note é.txt"), "attached\n");
  await writeFile(join(docs, "page.html"), "<script>alert(1)</script>");
  await writeFile(join(docs, "plan.pdf"), "%PDF-1.4");
  await writeFile(join(docs, "closed.txt"), "closed\n", { mode: 0o600 });
  await writeFile(join(exports, "gmao.csv"), "exported\n");
  await symlink("/run/secrets/secret_key", join(docs, "secret.txt"));
  await symlink("/", join(docs, "root"));
  await symlink(exports, join(docs, "exports"));
  await symlink("plans/note é.txt", join(docs, "inside.txt"));

  instance = await TestInstance.create({
    application: { attachment_roots: { docs }, paths: { gmao: exports } },
  });
  await instance.configure("50-witness.py", SETTINGS);
  await instance.start("db");
  await instance.succeed();
  [web, app] = await Promise.all([instance.start("web"), instance.start("app")]);
  port = await web.port(8080);
  await app.read("sh", "-c", "printf 0123456789 >/srv/biomaid/media/note.txt");
  session = await signedIn();
});
afterAll(async () => {
  await instance?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function signedIn({ username, password } = PERSON): Promise<string> {
  return cookies(await signIn(port, username, password));
}

function get(path: string, cookie?: string, { headers, ...asked }: Asked = {}): Promise<Answer> {
  return ask(port, path, { ...asked, headers: { ...AGENT, ...(cookie && { Cookie: cookie }), ...headers } });
}

/** How often the application was asked about a session. */
async function questions(): Promise<number> {
  return [...(await app.output()).matchAll(/^asked: /gm)].length;
}

describe("an upload", () => {
  test("is sent to who is signed in: whole, in part, or its headers only", async () => {
    expect(await get(NOTE, session)).toMatchObject({
      status: 200,
      text: "0123456789",
      headers: { "cache-control": "private, no-cache", "x-content-type-options": "nosniff" },
    });
    const part = await get(NOTE, session, { headers: { Range: "bytes=2-4" } });
    expect(part).toMatchObject({ status: 206, text: "234", headers: { "content-range": "bytes 2-4/10" } });
    const head = await get(NOTE, session, { method: "HEAD" });
    expect(head).toMatchObject({ status: 200, text: "", headers: { "content-length": "10" } });
    const same = await get(NOTE, session, { headers: { "If-None-Match": String(head.headers.etag) } });
    expect(same.status).toBe(304);
  });

  test.each([
    ["nobody", undefined],
    ["an unknown session", "0123456789abcdef0123456789abcdef"],
    ["an empty one", ""],
  ])("sends %s to the page to sign in, and from there back", async (_, key) => {
    const cookie = key === undefined ? undefined : session.replace(/(sessionid_\w+=)[^;]+/, `$1${key}`);
    const answer = await get(`${NOTE}?a=b`, cookie, { headers: PAGE });
    expect(answer).toMatchObject({ status: 302, headers: { "cache-control": "no-store" } });
    expect(answer.headers.location).toMatch(/^\/[\w-]+\/common\/sign\/\?next=\/media\/note\.txt%3Fa%3Db$/);
    expect((await get(answer.headers.location ?? "")).status).toBe(200);
    for (const method of ["GET", "HEAD", "POST"]) {
      const refused = await get(NOTE, cookie, { method });
      expect(refused).toMatchObject({ status: 403, headers: { "cache-control": "no-store" } });
      expect(refused.text).not.toContain("0123456789");
      if (method !== "GET") continue;
      expect(refused.text).toContain("Ce fichier n’est envoyé qu’aux personnes connectées");
      expect(refused.text).toContain("This file is sent to people who are signed in");
    }
  });

  test("is not sent for the session of another instance, nor because others are signed in", async () => {
    expect((await get(NOTE, session)).status).toBe(200);
    const key = /sessionid_\w+=([^;]+)/.exec(session)?.[1];
    for (const name of ["sessionid", "sessionid_other"])
      expect((await get(NOTE, `${name}=${key}`)).status, name).toBe(403);
    expect((await get(NOTE, session.replace(`=${key}`, `=${key}x`))).status).toBe(403);
  });

  test("costs the application one question in some seconds", async () => {
    const own = await signedIn();
    const before = await questions();
    for (let count = 0; count < 20; count++) expect((await get(NOTE, own)).status).toBe(200);
    const together = await Promise.all(Array.from({ length: 20 }, () => get(NOTE, own)));
    expect(together.map(({ status }) => status)).toEqual(Array(20).fill(200));
    // Two, where the seconds were over in between.
    expect((await questions()) - before).toBeLessThanOrEqual(2);
  });

  test.each<[string, (cookie: string) => Promise<unknown>]>([
    ["signs out", async (cookie) => expect((await get("/x/logout/", cookie)).status).toBe(302)],
    ["is deactivated", () => deactivate(PERSON.username, true)],
  ])("is not sent any more some seconds after its reader %s", async (_, end) => {
    const own = await signedIn();
    expect((await get(NOTE, own)).status).toBe(200);
    try {
      await end(own);
      const ended = Date.now();
      await eventually("the file is refused", KEPT + 5, async () => (await get(NOTE, own)).status === 403 || undefined);
      expect(Date.now() - ended).toBeLessThan((KEPT + 2) * 1000);
      expect((await get(NOTE, own)).status).toBe(403);
    } finally {
      await deactivate(PERSON.username, false);
    }
    // Another test signs this one out; the session of the file is the same user's.
    session = await signedIn();
  });

  async function deactivate(username: string, inactive: boolean): Promise<void> {
    await instance.sql(`UPDATE common_user SET is_active = ${!inactive} WHERE username = '${username}'`);
  }
});

test.each([
  "/_biomaid/session/",
  "//_biomaid/session/",
  "/_biomaid%2fsession/",
  "/static/../_biomaid/session/",
  "/_biomaid/",
])("%s is nobody's question but the web server's", async (path) => {
  for (const cookie of [undefined, session]) expect((await get(path, cookie)).status).toBe(404);
});

describe("an attachment", () => {
  test("is sent to who is signed in, and so that no browser runs it as a page of ours", async () => {
    expect(await get(`${ATTACHMENT}/plans/note%20%C3%A9.txt/`, session)).toMatchObject({
      status: 200,
      text: "attached\n",
      headers: { "x-content-type-options": "nosniff", "cache-control": "private, no-cache" },
    });
    expect((await get(`${ATTACHMENT}/inside.txt/`, session)).text).toBe("attached\n");
    const page = await get(`${ATTACHMENT}/page.html/`, session);
    expect(page.headers["content-security-policy"]).toMatch(/default-src 'none'.*sandbox/);
    const pdf = await get(`${ATTACHMENT}/plan.pdf/`, session);
    expect(pdf).toMatchObject({ status: 200, headers: { "content-type": "application/pdf" } });
    expect(pdf.headers, "a PDF is not shown in a sandbox").not.toHaveProperty("content-security-policy");
  });

  test("sends all others to the page to sign in, or is refused", async () => {
    const path = `${ATTACHMENT}/plan.pdf/`;
    const answer = await get(path, undefined, { headers: PAGE });
    expect(answer.status).toBe(302);
    expect(answer.headers.location).toMatch(/\/common\/sign\/\?next=\/x\/common\/attachment\/docs\/plan\.pdf\/$/);
    expect(await get(path)).toMatchObject({ status: 403, text: expect.stringContaining("Sign in first") });
    expect((await get(path, "sessionid=x")).status).toBe(403);
  });

  const SECRET = "run/secrets/secret_key";
  test.each([
    ["of a root that nobody has named", "/x/common/attachment/other/plan.pdf/"],
    ["that is not there", `${ATTACHMENT}/none.pdf/`],
    ["that is a folder", `${ATTACHMENT}/plans/`],
    ["that the application cannot read", `${ATTACHMENT}/closed.txt/`],
    ["above its root", `${ATTACHMENT}/../../../../${SECRET}/`],
    ["above its root, encoded", `${ATTACHMENT}/..%2f..%2f..%2f..%2f${SECRET}/`],
    ["above its root, all encoded", `${ATTACHMENT}/%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2f${SECRET}/`],
    ["above its root, further down", `${ATTACHMENT}/plans/../../../../../${SECRET}/`],
    ["beside its root", `${ATTACHMENT}/../../imports/gmao/gmao.csv/`],
    ["at the file system's root", `${ATTACHMENT}//${SECRET}/`],
    ["at the file system's root, encoded", `${ATTACHMENT}/%2f${SECRET}/`],
    ["behind a link to a file", `${ATTACHMENT}/secret.txt/`],
    ["behind a link to a folder", `${ATTACHMENT}/root/${SECRET}/`],
    ["behind a link to another folder of the host", `${ATTACHMENT}/exports/gmao.csv/`],
    ["with NUL in its name", `${ATTACHMENT}/plan.pdf%00.txt/`],
    ["in the folder of imports", "/x/common/attachment/gmao/gmao.csv/"],
  ])("%s is not there", async (_, path) => {
    const secret = await instance.secret("secret_key");
    const { status, text } = await get(path, session);
    expect([400, 404]).toContain(status);
    expect(text).not.toContain(secret);
    expect(text).not.toContain("exported");
  });
});

describe("the host's folders", () => {
  const MOUNTS = { docs: "/srv/biomaid/attachments/docs", gmao: "/srv/biomaid/imports/gmao" };

  test("are read-only in the application's containers, and nowhere else", async () => {
    for (const mount of Object.values(MOUNTS)) {
      await expect(app.read("touch", `${mount}/new`)).rejects.toThrow(/Read-only file system/);
      expect(await web.exec(["ls", mount])).toMatchObject({ status: expect.not.toSatisfy((value) => value === 0) });
    }
    for (const service of ["init", "app", "cron"] as const)
      expect(await instance.shell(`cat ${MOUNTS.gmao}/gmao.csv`, service)).toBe("exported\n");
  });

  test("have the names in the application's configuration that instance.yaml gives them", async () => {
    const python = [
      "from common.configuration import configuration",
      "config = configuration()",
      "from pathlib import Path",
      "print(Path(config['paths']['gmao'] + 'gmao.csv').read_text(), config['attachment_roots']['docs'])",
    ];
    const upstream = python.map((line) =>
      line
        .replace("from common.configuration import configuration", "from common import config")
        .replace(
          "config = configuration()",
          "config = {key: config.get(key) for key in ('paths', 'attachment_roots')}",
        ),
    );
    const script = `import common.configuration as c\nexec(${JSON.stringify(python.join("\n"))} if hasattr(c, "configuration") else ${JSON.stringify(upstream.join("\n"))})`;
    expect(await instance.succeed(["manage", "shell", "-c", script])).toMatch(
      /exported\n \/srv\/biomaid\/attachments\/docs/,
    );
  });

  test("stop init where its user cannot read them, before anything else is done", async () => {
    const docs = instance.instance.settings.application.attachment_roots["docs"] ?? "";
    await chmod(docs, 0o750);
    try {
      const { status, output } = await instance.run();
      expect(status).toBe(1);
      expect(output).toContain("application.attachment_roots.docs: ");
      expect(output).toContain(`\`chmod -R a+rX '${docs}'\``);
      expect(output).toContain("est illisible pour l'utilisateur des conteneurs (uid 10001)");
    } finally {
      await chmod(docs, 0o755);
    }
  });

  test("are refused beside an instance_config.toml of the local folder", async () => {
    await using other = await TestInstance.create({
      beside: instance,
      application: { local: "./local", paths: { gmao: folder } },
      before: async (own) => {
        await mkdir(join(own, "local"), { recursive: true });
        for (const file of ["settings.py", "instance_config.toml"]) await writeFile(join(own, "local", file), "");
      },
    });
    const { status, output } = await other.run();
    expect(status).toBe(1);
    expect(output).toContain("instance_config.toml of the local folder: not both");
    expect(output).toContain("instance_config.toml du dossier local : pas les deux");
  });
});

test("a session cookie that the web server does not know the name of is refused", async () => {
  await using other = await TestInstance.create({ beside: instance });
  await other.configure("50-cookie.py", 'SESSION_COOKIE_NAME = "other"\n');
  const { status, output } = await other.run(["manage", "check"]);
  expect(status).not.toBe(0);
  expect(output).toContain("settings.d changes SESSION_COOKIE_NAME");
  expect(output).toContain("settings.d modifie SESSION_COOKIE_NAME");
});

describe("without the application", () => {
  test("nobody is sent a file, and people are told to wait", async () => {
    const own = await signedIn();
    await app.stop(30);
    for (const headers of [PAGE, {}]) {
      const answer = await get(NOTE, own, { headers });
      expect(answer).toMatchObject({ status: 502, headers: { "retry-after": "5", "cache-control": "no-store" } });
      expect(answer.text).toContain("BiomAid démarre");
    }
    expect((await get(NOTE, undefined, { headers: PAGE })).status).toBe(502);
    expect((await get(NOTE)).status).toBe(403);
    expect((await get(`${ATTACHMENT}/plan.pdf/`, own)).status).toBe(502);
  });

  test("who wants files to be public has them sent to all", async () => {
    await web.remove();
    instance.instance.settings.media.access = "public";
    await instance.generate();
    web = await instance.start("web");
    port = await web.port(8080);
    expect(await get(NOTE)).toMatchObject({ status: 200, text: "0123456789" });
    app = await instance.start("app");
    expect((await get(`${ATTACHMENT}/plan.pdf/`)).status).toBe(200);
    expect((await get(`${ATTACHMENT}/root/run/secrets/secret_key/`)).status).toBe(404);
  });
});
