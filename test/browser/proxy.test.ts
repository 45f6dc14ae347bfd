import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn, startBrowser } from "../support/browser.ts";
import { Authority } from "../support/certificates.ts";
import { newInstance, type TestInstance } from "../support/instance.ts";
import { application } from "../support/source.ts";
import { type TlsProxy, tlsProxy } from "../support/tls-proxy.ts";

let authority: Authority;
let proxy: TlsProxy;
let instance: TestInstance;
let browser: Browser;
let url: string;

beforeAll(async () => {
  authority = await Authority.create();
  proxy = await tlsProxy(await authority.chain());
  instance = await newInstance();
  proxy.target = instance.port;
  url = `https://localhost:${proxy.port}`;
  const [, , ...options] = instance.creation();
  await instance.cli(["init", instance.name, ...options]);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await instance?.[Symbol.asyncDispose]();
  await proxy?.[Symbol.asyncDispose]();
  await authority?.[Symbol.asyncDispose]();
});

describe.each([
  ["is named", ["host"]],
  ["is not named", undefined],
])("behind a proxy of this machine that has the HTTPS and %s", (_, proxies) => {
  beforeAll(async () => {
    await instance.set("web.url", url);
    await instance.set("web.trusted_proxies", proxies);
    const { stdout } = await instance.cli(["up", instance.name]);
    expect(stdout).toContain(`  ${url}\n`);
  });

  test("a visitor signs in by HTTPS, and has cookies for HTTPS only", async () => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await signIn(page, url, application.superuser);
    expect(page.url().startsWith(`${url}/`)).toBe(true);
    const cookies = await context.cookies();
    expect(cookies.map(({ name }) => name).sort()).toEqual(["csrftoken", expect.stringMatching(/^sessionid_/)]);
    expect(cookies.filter(({ secure }) => !secure)).toEqual([]);
    await context.close();
  });
});

test("a proxy of this machine is not believed on a port that other machines reach", async () => {
  await instance.set("web.trusted_proxies", ["host"]);
  await instance.set("web.address", "0.0.0.0");
  await instance.set("web.publish_demo", true);
  const { stderr } = await instance.cli(["up", instance.name], { exitStatus: 2 });
  expect(stderr).toContain("[HOST_PROXY_PUBLISHED]");
});
