import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Browser } from "playwright-core";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { assetFolder } from "../../src/files/assets.ts";
import { listTree } from "../../src/files/tree.ts";
import { startBrowser } from "../support/browser.ts";
import { newInstance, type TestInstance } from "../support/instance.ts";
import { Outside } from "../support/outside.ts";
import { freePort } from "../support/ports.ts";
import { expectSignIn } from "../support/sign-in.ts";

/** Seconds in which an edited file is served: a look at the files each second, and the application's own start. */
const SOON = 30;

const PAGE = "/x/common/no_ie/";

describe("a development instance", () => {
  const disposables = new AsyncDisposableStack();
  let instance: TestInstance;
  let browser: Browser;
  let source: string;
  let files: string[];
  let mails: string;
  let container: string;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "biomaid-e2e-"));
    disposables.defer(() => rm(folder, { recursive: true, force: true }));
    source = join(folder, "code");
    await cp(assetFolder("sample"), source, { recursive: true });
    // What a developer has there for an instance of his own, which must not count.
    await write("instance_settings.py", () => "raise RuntimeError('not these')");
    await write("instance_config.toml", () => "broken =");
    await symlink("/nowhere", join(source, "local"));
    await mkdir(join(source, "media"));
    files = await listTree(source);

    instance = disposables.use(await newInstance());
    const port = await freePort();
    mails = `http://127.0.0.1:${port}`;
    const options = ["--port", String(instance.port), "--bases", inject("bases")];
    await instance.cli(["init", instance.name, "--profile", "development", "--source", source, ...options]);
    await instance.set("mail_catcher", { port });
    const { stdout } = await instance.cli(["up", instance.name]);
    expect(stdout).toContain(mails);
    container = (await instance.services())["app"]?.id ?? "";
    browser = await startBrowser();
    disposables.defer(() => browser.close());
  });
  afterAll(() => disposables.disposeAsync());

  async function write(path: string, change: (text: string) => string): Promise<void> {
    const file = join(source, path);
    await writeFile(file, change(await readFile(file, "utf8").catch(() => "")));
  }

  async function visit(path: string): Promise<{ status: number; text: string }> {
    const answer = await instance.get(path, { headers: { "user-agent": "test" } });
    return { status: answer.status, text: await answer.text() };
  }

  async function served(path: string, text: string, status = 200): Promise<void> {
    const answer = expect.poll(() => visit(path), { timeout: SOON * 1000, interval: 200 });
    await answer.toEqual({ status, text: expect.stringContaining(text) });
  }

  test("serves the folder, its static files and those of the local folder included", async () => {
    for (const path of ["css/sample.css", "local/Logo%20BiomAid.png", "debug_toolbar/css/toolbar.css"]) {
      const answer = await instance.get(`/static/${path}`);
      expect([path, answer.status, answer.headers.get("cache-control")]).toEqual([path, 200, "no-cache"]);
    }
    await expectSignIn(instance);
    expect(Object.keys(await instance.services()).sort()).toEqual(["app", "db", "init", "mail", "web"]);
  });

  test("serves a changed template and a changed style at the next request", async () => {
    await served(PAGE, "Navigateur");
    await write("templates/common/no_ie.html", (text) => text.replace("<h1>", "<h1>CHANGED TEMPLATE "));
    await write("static/css/sample.css", (text) => `${text}/* CHANGED STYLE */`);
    expect((await visit(PAGE)).text).toContain("CHANGED TEMPLATE");
    expect((await visit("/static/css/sample.css")).text).toContain("CHANGED STYLE");
  });

  test("serves changed code, and code in a folder that is new", async () => {
    await mkdir(join(source, "novelty"));
    await write("novelty/__init__.py", () => 'ANSWER = "NEW FOLDER"\n');
    await write(
      "sample/views.py",
      (text) => `import novelty\n${text.replace('"seconds must be a number"', "novelty.ANSWER")}`,
    );
    await served("/x/sample/slow/?seconds=no", "NEW FOLDER", 400);
    const { stdout } = await instance.cli([
      "manage",
      instance.name,
      "--",
      "shell",
      "-c",
      "import novelty; print(novelty.ANSWER)",
    ]);
    expect(stdout).toContain("NEW FOLDER");
  });

  test.each([
    ["a syntax error", "common/views.py", "\ndef broken(:\n", "SyntaxError"],
    ["a name that is not there", "common/urls.py", "\nNOT_DEFINED\n", "NameError"],
    ["a module that is not there", "local_biomaid/settings.py", "\nimport not_there\n", "not_there"],
  ])("shows %s, and goes on when it is mended", async (_, path, fault, shown) => {
    const before = await readFile(join(source, path), "utf8");
    await write(path, (text) => text + fault);
    await served(PAGE, shown, 500);
    await write(path, () => before);
    await served(PAGE, "CHANGED TEMPLATE");
  });

  test("migrates at the next up when there is a migration more", async () => {
    const migration = `from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("dem", "0002_supplier_once")]
    operations = [migrations.RunSQL("CREATE TABLE novelty ()", "DROP TABLE novelty")]
`;
    await write("dem/migrations/0003_novelty.py", () => migration);
    await instance.cli(["up", instance.name]);
    expect(await instance.sql("SELECT to_regclass('novelty')")).toBe("novelty");
  });

  test("has done all that in one container, without a trace in the folder", async () => {
    expect((await instance.services())["app"]).toMatchObject({ id: container });
    const added = ["novelty/__init__.py", "dem/migrations/0003_novelty.py"];
    expect(await listTree(source)).toEqual([...files, ...added].sort());
  });

  test("shows the debug toolbar", async () => {
    const page = await browser.newPage();
    await page.goto(`${instance.url}/common-afib/common/sign/`);
    const panel = page.locator("#djDebug .SQLPanel, #djDebug #djdt-SQLPanel").first();
    await panel.waitFor();
    await panel.locator("a").first().click();
    await page.locator("#SQLPanel .djdt-scroll, #SQLPanel .djDebugPanelContent").first().waitFor();
    await page.close();
  });

  test("catches its mails, shows them to nobody who comes by another name, and sends none", async () => {
    const { stdout } = await instance.cli(["mail", "test", instance.name, "it@chu.example"]);
    expect(stdout).toContain("Kept as message 1");
    const [mail] = (await (await fetch(`${mails}/messages`)).json()) as Record<string, unknown>[];
    expect(mail).toMatchObject({ to: ["it@chu.example"], text: expect.stringContaining(instance.url) });
    const page = await browser.newPage();
    await page.goto(mails);
    await page.getByRole("link", { name: "test message" }).click();
    expect(await page.getByRole("link", { name: instance.url }).getAttribute("href")).toBe(instance.url);
    await page.close();
    const { statusCode } = await request(`${mails}/messages`, { headers: { host: "rebound.example.org" } });
    expect(statusCode).toBe(421);
  });

  test("has a mail catcher that reaches nothing outside, as a container on an ordinary network does", async () => {
    await using outside = await Outside.create();
    const python = "/opt/mail/venv/bin/python";
    const connect = `import socket; socket.create_connection(("${outside.address}", ${outside.port}), 3)`;
    const image = (await instance.services())["mail"]?.image ?? "";
    const ordinary = ["run", "--rm", "--network", "bridge", "--entrypoint", python, image, "-c", connect];
    // The listener outside has just been started.
    await vi.waitFor(() => execa("docker", ordinary), 30_000);
    await expect(instance.compose("exec", "-T", "mail", python, "-c", connect)).rejects.toThrow(
      /timed out|unreachable/i,
    );
  });
});
