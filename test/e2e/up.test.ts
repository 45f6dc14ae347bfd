import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { identities, outputOf } from "../support/engine.ts";
import { newInstance, type TestInstance } from "../support/instance.ts";
import { application } from "../support/source.ts";

describe("up", () => {
  let instance: TestInstance;
  let first: { stdout: string; stderr: string };

  beforeAll(async () => {
    instance = await newInstance();
    first = await instance.create();
  });
  afterAll(() => instance?.[Symbol.asyncDispose]());

  test("from nothing serves the application and says where, and who may sign in", async () => {
    expect(first.stdout).toContain(instance.url);
    expect(first.stdout).toContain("sign in as root with the password introuvable");
    expect(first.stdout.toLowerCase().includes("sample")).toBe(application.isSample);

    const front = await instance.get("/");
    expect(front.status).toBe(302);
    const page = await fetch(`${instance.url}/`);
    expect(page.status).toBe(200);
    expect(new URL(page.url).pathname).toBe("/common-afib/common/sign/");
    expect(await page.text()).toContain('name="password"');
  });

  test("with nothing changed runs no manage.py and restarts nothing", async () => {
    const before = identities(await instance.services());
    const start = new Date();
    const { stdout } = await instance.cli(["up", instance.name, "--json"]);

    expect(JSON.parse(stdout)).toMatchObject({
      name: instance.name,
      url: instance.url,
      sample: application.isSample,
      logins: expect.arrayContaining([application.superuser]),
      warnings: [],
    });
    const after = await instance.services();
    expect(identities(after)).toEqual(before);
    expect(await outputOf(after["init"]?.id ?? "", start)).toBe("biomaid: nothing to do");
  });

  test("bare docker compose accepts the folder, starts it too, and changes nothing", async () => {
    const before = identities(await instance.services());
    expect(await instance.compose("config", "--quiet")).toEqual({ stdout: "", stderr: "" });
    await instance.compose("up", "--detach", "--wait");
    expect(identities(await instance.services())).toEqual(before);
  });

  test("carries a changed setting to the containers that it concerns", async () => {
    const before = await instance.services();
    await instance.set("application.workers", 1);
    await instance.set("web.upload_limit", 7);
    await instance.cli(["up", instance.name]);

    const after = await instance.services();
    expect(after["db"]?.id).toBe(before["db"]?.id);
    expect(after["app"]?.id).not.toBe(before["app"]?.id);
    expect(after["web"]?.id).not.toBe(before["web"]?.id);
    const { stdout } = await instance.compose("exec", "-T", "app", "cat", "/etc/biomaid/stack/settings.json");
    expect(JSON.parse(stdout)).toMatchObject({ workers: 1 });
    const processes = await execa("docker", ["top", after["app"]?.id ?? ""]);
    expect(processes.stdout.match(/bin\/gunicorn/g)).toHaveLength(2); // the master and its one worker

    const body = new Uint8Array(8 * 1024 * 1024);
    const refused = await instance.get("/common-afib/common/sign/", { method: "POST", body });
    expect(refused.status).toBe(413);
    expect(await refused.text()).toContain("7 Mo");
    expect((await fetch(`${instance.url}/`)).status).toBe(200);
  });

  test("publishes on an IPv6 address alone, and says so in the address", async () => {
    await instance.set("web.address", "::1");
    const { stdout } = await instance.cli(["up", instance.name]);
    const url = `http://[::1]:${instance.port}`;
    expect(stdout).toContain(`  ${url}\n`);
    expect((await fetch(`${url}/static/local/Logo%20BiomAid.png`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${instance.port}/`)).rejects.toThrow();
  });
});
