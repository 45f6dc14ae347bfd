import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SIGN_IN_FORM, startBrowser } from "../support/browser.ts";
import { startInstance, type TestInstance } from "../support/instance.ts";

/** BiomAid's installation guide, 1.2.2.8 and 1.2.2.9: first the web server alone, then the application behind it. */
describe("the installation guide's two checkpoints", () => {
  let instance: TestInstance;

  beforeAll(async () => {
    instance = await startInstance();
  });
  afterAll(() => instance?.[Symbol.asyncDispose]());

  test("web alone serves the logo and says that the application is starting; the page then turns into the sign-in page", async () => {
    await instance.compose("stop", "app");

    const logo = await instance.get("/static/local/Logo%20BiomAid.png");
    expect(logo.status).toBe(200);
    expect(logo.headers.get("content-type")).toBe("image/png");
    const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
    expect([...new Uint8Array(await logo.arrayBuffer())].slice(0, 8)).toEqual(PNG);

    const waiting = await instance.get("/");
    expect(waiting.status).toBe(502);
    expect(Number(waiting.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(waiting.headers.get("cache-control")).toBe("no-store");
    const text = await waiting.text();
    expect(text).toContain("BiomAid démarre");
    expect(text).toContain("BiomAid is starting");

    await using browser = await startBrowser();
    const page = await browser.newPage();
    const answer = await page.goto(`${instance.url}/`);
    expect(answer?.status()).toBe(502);
    expect(await page.locator("h1").textContent()).toContain("BiomAid démarre");

    await instance.compose("start", "app");
    await page.locator(`${SIGN_IN_FORM} input[name="password"]`).waitFor({ timeout: 60_000 });
    expect(new URL(page.url()).pathname).toBe("/common-afib/common/sign/");

    const front = await instance.get("/");
    expect(front.status).toBe(302);
    expect((await fetch(`${instance.url}/`)).status).toBe(200);
  });
});
