import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SIGN_IN_FORM, signIn, startBrowser } from "../support/browser.ts";
import { startInstance, type TestInstance } from "../support/instance.ts";
import { SIGN_IN } from "../support/sign-in.ts";
import { application } from "../support/source.ts";
import { upload } from "../support/upload.ts";

const MEGABYTE = 1024 * 1024;

describe("a signed-in user's files", () => {
  let instance: TestInstance;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "biomaid-uploads-"));
    [instance, browser] = await Promise.all([startInstance(), startBrowser()]);
    context = await browser.newContext();
    page = await context.newPage();
    await signIn(page, instance.url, application.superuser);
  });
  afterAll(async () => {
    await browser?.close();
    await instance?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** A file that takes no room on the disk. */
  const fileOf = async (megabytes: number): Promise<string> => {
    const path = join(folder, `${megabytes}.bin`);
    await using file = await open(path, "w");
    await file.truncate(megabytes * MEGABYTE);
    return path;
  };

  test("sign-in as the demo user opens pages that others do not get", async () => {
    const settings = "/geqip-chuap/common/api/settings/";
    expect((await instance.get(settings)).status).toBe(302);
    expect((await page.request.get(instance.url + settings, { maxRedirects: 0 })).status()).toBe(200);
    const cookies = await context.cookies();
    expect(cookies.map(({ name }) => name)).toContain(`sessionid_${instance.name.replaceAll("-", "_")}`);
  });

  test("a wrong password does not sign in", async () => {
    await using anonymous = await browser.newContext();
    const stranger = await anonymous.newPage();
    await stranger.goto(`${instance.url}/`);
    const form = stranger.locator(SIGN_IN_FORM);
    await form.locator('input[name="username"]').fill(application.superuser.username);
    await form.locator('input[name="password"]').fill("devinable");
    await Promise.all([
      stranger.waitForResponse((answer) => answer.request().method() === "POST"),
      form.locator('button[type="submit"]').click(),
    ]);
    expect(new URL(stranger.url()).pathname).toContain("/common/sign/");
    expect(
      (await anonymous.request.get(`${instance.url}/geqip-chuap/common/api/settings/`, { maxRedirects: 0 })).status(),
    ).toBe(302);
  });

  test("an upload is served from /media, and its type is not guessed", async () => {
    const path = await upload(instance, "noté.txt", new Blob(["<b>Bonjour</b>\n"]));
    const answer = await page.request.get(instance.url + path);
    expect(answer.status()).toBe(200);
    expect(await answer.text()).toBe("<b>Bonjour</b>\n");
    expect(answer.headers()["x-content-type-options"]).toBe("nosniff");
    expect(answer.headers()["content-type"]).toMatch(/^text\/plain/);
  });

  test("who is not signed in is led to sign in first", async () => {
    const path = await upload(instance, "plan.txt", new Blob(["Plan\n"]));
    expect((await instance.get(path)).status).toBe(403);
    await using anonymous = await browser.newContext();
    const stranger = await anonymous.newPage();
    await stranger.goto(instance.url + path);
    await stranger.locator(SIGN_IN_FORM).waitFor();
    await signIn(stranger, instance.url, application.superuser);
    const answer = await stranger.goto(instance.url + path);
    expect([answer?.status(), await answer?.text()]).toEqual([200, "Plan\n"]);
  });

  const XHTML = 'xmlns="http://www.w3.org/1999/xhtml"';
  const RUN = "document.documentElement.setAttribute('data-ran', 'yes')";
  test.each([
    ["page.html", `<h1>Page</h1><script>${RUN}</script><img src="x" onerror="${RUN}">`],
    ["loads.HTM", `<h1>Page</h1><body onload="${RUN}">`],
    ["page.xhtml", `<html ${XHTML}><body><h1>Page</h1><script>${RUN}</script></body></html>`],
    [
      "image.svg",
      `<svg xmlns="http://www.w3.org/2000/svg" onload="${RUN}"><script>${RUN}</script><h1 ${XHTML}>Page</h1></svg>`,
    ],
    ["data.xml", `<html ${XHTML}><h1>Page</h1><script>${RUN}</script></html>`],
  ])("an uploaded %s runs nothing as a page of the application", async (name, content) => {
    const path = await upload(instance, name, new Blob([content]));
    const visitor = await context.newPage();
    const answer = await visitor.goto(instance.url + path);
    expect(answer?.status()).toBe(200);
    expect(answer?.headers()["content-security-policy"]).toContain("sandbox");
    await visitor.locator("h1", { hasText: "Page" }).waitFor({ state: "attached" });
    // Nothing can be evaluated in a page without scripts: what it says of itself is read from outside.
    expect(await visitor.locator(":root").getAttribute("data-ran")).toBeNull();
    expect(await visitor.evaluate("window.origin")).toBe("null");
    await visitor.close();
  });

  test("99 MB are stored and served", async () => {
    const path = await upload(instance, "99.bin", new Blob([new Uint8Array(99 * MEGABYTE)]));
    const answer = await page.request.head(instance.url + path);
    expect(answer.status()).toBe(200);
    expect(Number(answer.headers()["content-length"])).toBe(99 * MEGABYTE);
  });

  test("101 MB are refused with a page that says so", async () => {
    const visitor = await context.newPage();
    await visitor.goto(instance.url + SIGN_IN);
    await visitor.evaluate(
      `document.body.innerHTML = '<form id="large" method="post" enctype="multipart/form-data"><input type="file" name="file"><button>Envoyer</button></form>'`,
    );
    await visitor.locator("#large input").setInputFiles(await fileOf(101));
    const [answer] = await Promise.all([
      visitor.waitForResponse((response) => response.request().method() === "POST"),
      visitor.locator("#large button").click(),
    ]);
    expect(answer.status()).toBe(413);
    await visitor.locator("h1", { hasText: "Fichier trop volumineux" }).waitFor();
    expect(await visitor.locator("main").textContent()).toContain("100 Mo");
    expect(await visitor.locator("main").textContent()).toContain("File too large");
    await visitor.close();
  });
});
