import { appendFile, mkdir, mkdtempDisposable, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { UserError } from "../../src/errors/user-error.ts";
import { readLock } from "../../src/instance/lock.ts";
import type { InstanceFile } from "../../src/instance/schema.ts";
import type { Context } from "../../src/operations/context.ts";
import { type Documentation, docs } from "../../src/operations/docs.ts";
import { parseSource } from "../../src/release/source.ts";
import { TestInstance } from "../integration/support/test-instance.ts";
import { startBrowser } from "../support/browser.ts";
import { ask } from "../support/http.ts";
import { planRelease } from "../support/release.ts";
import { application, copyApplication } from "../support/source.ts";

/** An instance that is not running, made of some code, and a folder for what is built. */
interface Workplace extends AsyncDisposable {
  context: Context;
  folder: string;
  output: string;
  build(formats?: ("html" | "pdf")[], output?: string): Promise<Documentation>;
}

async function workplace(source: InstanceFile["source"], local?: string): Promise<Workplace> {
  const home = await mkdtempDisposable(join(tmpdir(), "biomaid-integration-"));
  const { context, instance } = await planRelease(home.path, "docs", source ?? { sample: true });
  const { folder, file } = instance.paths;
  await appendFile(file, `bases: ${inject("bases")}\n${local === undefined ? "" : `application: {local: ${local}}\n`}`);
  const output = join(home.path, "documentation");
  return {
    context,
    folder,
    output,
    build: (formats = ["html"], to = output) => docs(context, "docs", { formats, output: to }),
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
}

async function errorOf(work: Promise<unknown>): Promise<UserError> {
  const error = await work.catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe("docs builds, without a running instance,", () => {
  const tested = application.isSample
    ? { sample: true as const }
    : parseSource(application.folder, application.ref, process.cwd());
  let place: Workplace;
  beforeAll(async () => {
    place = await workplace(tested);
  });
  afterAll(() => place?.[Symbol.asyncDispose]());

  test("pages with those of every application, and PDF documents, as this user's files", async () => {
    const built = await place.build(["html", "pdf"]);
    expect(built).toMatchObject({ folder: place.output, html: join(place.output, "html", "index.html"), url: null });
    expect(await readdir(join(place.output, "html", "user", "doc_dem"))).toContainEqual(
      expect.stringMatching(/\.html$/),
    );
    expect(built.pdf.length).toBeGreaterThan(0);
    for (const file of built.pdf) {
      expect((await readFile(file)).subarray(0, 5).toString()).toBe("%PDF-");
      expect((await stat(file)).uid).toBe(process.getuid?.());
    }
    const entries = await readdir(place.output, { recursive: true });
    expect(entries.filter((path) => /(^|\/)\.|\.(new|old)$/.test(path))).toEqual([]);
    // On a fresh machine 230 MB of packages come down first.
  }, 600_000);

  test("nothing where somebody else's files are", async () => {
    const theirs = join(place.output, "..", "theirs");
    await mkdir(theirs);
    await writeFile(join(theirs, "kept"), "");
    expect((await errorOf(place.build(["html"], theirs))).code).toBe("DOCS_FOLDER_TAKEN");
    expect(await readdir(theirs)).toEqual(["kept"]);
  });
});

describe("code of which documentation is built", () => {
  test("runs without network, secrets and root, and has the site's own folder as `local`", async () => {
    await using code = await mkdtempDisposable(join(tmpdir(), "biomaid-integration-"));
    const path = join(code.path, "source");
    await copyApplication(path);
    await appendFile(join(path, "docs", "conf.py"), CONFINED);
    await using place = await workplace({ path }, "./local");
    await mkdir(join(place.folder, "local", "docs", "user"), { recursive: true });
    await writeFile(join(place.folder, "local", "docs", "user", "site.rst"), "Site\n====\n\nNotre site.\n");
    await writeFile(join(place.folder, "local", "settings.py"), "SECRET = 1\n");
    const { html } = await place.build();
    expect(await readFile(html ?? "", "utf8")).toContain("uid 65534, network none, secrets none, settings none");
    const site = join(place.output, "html", "user", "doc_local", "site.html");
    expect(await readFile(site, "utf8")).toContain("Notre site.");
  });

  test("is the commit of the lock, however far the branch has gone since", async () => {
    await using code = await mkdtempDisposable(join(tmpdir(), "biomaid-integration-"));
    const path = join(code.path, "source");
    await copyApplication(path);
    const commit = async (): Promise<string> => {
      const git = ["-C", path, "-c", "user.name=Test", "-c", "user.email=test@example.invalid"];
      await execa("git", [...git, "init", "--quiet", "--initial-branch", "main"]);
      await execa("git", [...git, "add", "--all"]);
      await execa("git", [...git, "commit", "--quiet", "--message", "x"]);
      return (await execa("git", [...git, "rev-parse", "HEAD"])).stdout;
    };
    const first = await commit();
    await using place = await workplace({ path, ref: "main" });
    expect(await place.build()).toMatchObject({ version: "main", revision: first });
    const lock = await readLock(join(place.folder, "instance.lock.yaml"));
    expect(lock).toMatchObject({ source: { commit: first }, bases: { mode: inject("bases") } });
    await appendFile(join(path, "docs", "index.rst"), "\nmoved on\n");
    await commit();
    const { revision, html } = await place.build();
    expect(revision).toBe(first);
    expect(await readFile(html ?? "", "utf8")).not.toContain("moved on");
  });

  test("that Sphinx cannot read is told with its words, and what was there stays", async () => {
    await using code = await mkdtempDisposable(join(tmpdir(), "biomaid-integration-"));
    const path = join(code.path, "source");
    await copyApplication(path);
    await using place = await workplace({ path });
    const { html } = await place.build();
    const before = await readFile(html ?? "", "utf8");

    await appendFile(join(path, "docs", "conf.py"), 'raise RuntimeError("broken on purpose")\n');
    const error = await errorOf(place.build(["pdf", "html"]));
    expect(error.code).toBe("DOCS_FAILED");
    expect((error.parameters as { lines: string[] }).lines.join("\n")).toContain("broken on purpose");
    expect(await readFile(html ?? "", "utf8")).toBe(before);
    expect((await readdir(place.output)).sort()).toEqual(["documentation.json", "html"]);

    await rm(join(path, "docs"), { recursive: true });
    expect(await errorOf(place.build())).toMatchObject({ code: "DOCS_MISSING", parameters: { source: path } });
    const { app } = inject("images");
    await using image = await workplace({ image: app });
    expect(await errorOf(image.build())).toMatchObject({ code: "DOCS_NEED_CODE", parameters: { image: app } });
  });
});

/** Puts into the pages what their code could reach while they were built. */
const CONFINED = `
import os, socket
def _reached():
    try:
        socket.create_connection(("192.0.2.1", 53), 2)
    except OSError as error:
        return "none" if error.errno == 101 else repr(error)
    return "some"
_secrets = "some" if os.path.isdir("/run/secrets") and os.listdir("/run/secrets") else "none"
_settings = "some" if os.path.exists("../local/settings.py") else "none"
html_short_title = f"uid {os.getuid()}, network {_reached()}, secrets {_secrets}, settings {_settings}"
html_title = html_short_title
`;

describe("web.documentation", () => {
  let instance: TestInstance;
  let place: Workplace;
  let port: number;
  const folder = (): string => join(instance.instance.paths.folder, "documentation");

  beforeAll(async () => {
    place = await workplace({ sample: true });
    instance = await TestInstance.create({
      sample: true,
      web: { documentation: true },
      before: (folder) => mkdir(join(folder, "documentation"), { recursive: true }).then(() => {}),
    });
    port = await (await instance.start("web")).port(8080);
  });
  afterAll(async () => {
    await instance?.[Symbol.asyncDispose]();
    await place?.[Symbol.asyncDispose]();
  });

  test("answers 404 as long as nothing is built, and has the pages at once when they are", async () => {
    for (const path of ["/documentation/", "/documentation/index.html"])
      expect((await ask(port, path)).status).toBe(404);
    await place.build(["html", "pdf"], folder());
    const page = await ask(port, "/documentation/");
    expect(page).toMatchObject({
      status: 200,
      headers: { "content-type": "text/html; charset=utf-8", "x-content-type-options": "nosniff" },
    });
    expect(page.text).toContain("Application d’exemple");
    await place.build(["html"], folder());
    expect((await ask(port, "/documentation/user/doc_dem/documents.html")).status).toBe(200);
    expect(await ask(port, "/documentation")).toMatchObject({
      status: 301,
      headers: { location: "/documentation/" },
    });
  });

  test("serves pages, and nothing around them", async () => {
    await instance.write("documentation/html/.hidden", "x");
    await instance.write("documentation/beside", "x");
    for (const path of [
      ...[
        "/documentation/.hidden",
        "/documentation/%2ehidden",
        "/documentation/../beside",
        "/documentation/..%2fbeside",
      ],
      ...["/documentation../beside", "/documentation/%2e%2e/documentation.json", "/documentation/documentation.json"],
      ...["/documentation/_static/", "/documentation/pdf/"],
    ])
      expect([400, 403, 404, 502], path).toContain((await ask(port, path)).status);
  });

  test("has what a browser needs for reading and searching, from here alone", async () => {
    const browser = await startBrowser();
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => {
        // The application's, which is not there.
        const favicon = message.location().url.endsWith("/favicon.ico");
        if (message.type() === "error" && !favicon) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.goto(`http://127.0.0.1:${port}/documentation/search.html?q=documents`);
      await page.locator("#search-results a").first().click();
      await page.waitForURL(/\/documentation\/user\//);
      expect(complaints).toEqual([]);
      expect(asked.filter((url) => !url.startsWith(`http://127.0.0.1:${port}/documentation/`))).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
