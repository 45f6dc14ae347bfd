import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { toInstance } from "../../../src/instance/instance.ts";
import { newLock } from "../../../src/instance/lock.ts";
import { instancePaths } from "../../../src/instance/paths.ts";
import type { InstanceFile } from "../../../src/instance/schema.ts";
import { instanceAddress, instanceUrl } from "../../../src/operations/instance-address.ts";
import { instanceOf, temporaryFolder } from "../support.ts";

const TLS = { certificate: "certificate.pem", key: "key.pem" };

test.each<[InstanceFile["profile"], InstanceFile["web"], string]>([
  ["demo", {}, "http://localhost:8080"],
  ["demo", { port: 80 }, "http://localhost"],
  ["demo", { hosts: ["demo.example.org"] }, "http://demo.example.org:8080"],
  ["demo", { address: "::1" }, "http://[::1]:8080"],
  ["production", { hosts: ["biomaid.example.org", "localhost"] }, "http://biomaid.example.org"],
  ["production", { hosts: [".example.org"], port: 8000 }, "http://example.org:8000"],
  ["demo", { tls: TLS }, "https://localhost:8443"],
  ["demo", { tls: TLS, port: 443 }, "https://localhost"],
  ["production", { tls: TLS, hosts: ["biomaid.example.org"] }, "https://biomaid.example.org"],
  ["production", { tls: TLS, hosts: ["biomaid.example.org"], port: 80 }, "https://biomaid.example.org:80"],
  ["production", { address: "127.0.0.1", url: "https://Biomaid.example.org:443/" }, "https://biomaid.example.org"],
  ["production", { url: "http://biomaid.example.org:8000" }, "http://biomaid.example.org:8000"],
])("%s with %j is at %s", (profile, web, url) => {
  expect(instanceUrl(instanceOf({ profile, ...(web && { web }) }))).toBe(url);
});

test("the demo logins are given with the fixtures that hold them, and a warning where others can use them", async () => {
  const lock = newLock("test");
  const local = await instanceAddress(instanceOf({ profile: "demo" }), lock);
  expect(local.logins.map(({ username }) => username)).toContain("root");
  expect(local.warnings).toEqual([]);
  const published = instanceOf({ profile: "demo", web: { address: "0.0.0.0", publish_demo: true } });
  expect((await instanceAddress(published, lock)).warnings).toEqual(["demoPublished"]);
  expect(await instanceAddress(instanceOf({ profile: "production" }), lock)).toMatchObject({
    logins: [],
    warnings: [],
  });
  const once = await instanceAddress(instanceOf({ profile: "production" }), { ...lock, fixtures: ["tests_db"] });
  expect(once.warnings).toEqual(["demoPublished"]);
});

test("documentation that is served, but not built, is warned of", async () => {
  await using home = await temporaryFolder();
  const warnings = async (documentation: boolean): Promise<string[]> => {
    const file = { version: 1, profile: "production", web: { documentation } } as const;
    const instance = toInstance("production", instancePaths(home.path, "production"), file);
    return (await instanceAddress(instance, newLock("test"))).warnings;
  };
  expect(await warnings(true)).toEqual(["documentationMissing"]);
  expect(await warnings(false)).toEqual([]);
  const pages = join(home.path, "production", "documentation", "html");
  await mkdir(pages, { recursive: true });
  expect(await warnings(true)).toEqual(["documentationMissing"]);
  await writeFile(join(pages, "index.html"), "");
  expect(await warnings(true)).toEqual([]);
});
