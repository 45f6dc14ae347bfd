import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newInstance, type TestInstance } from "../support/instance.ts";
import { LOGIN, type MailServer, startMailServer } from "../support/mail-server.ts";

const FROM = "BiomAid <biomaid@chu.example>";

describe("mail", () => {
  const disposables = new AsyncDisposableStack();
  let instance: TestInstance;
  let gateway: string;
  let server: MailServer;

  beforeAll(async () => {
    instance = disposables.use(await newInstance());
    const [, , ...options] = instance.creation();
    await instance.cli(["init", instance.name, ...options]);
    await set("application.outgoing", "true");
    await up();
    // What the application's way out leads to first is this machine.
    const format = "{{(index .IPAM.Config 0).Gateway}}";
    const { stdout } = await execa("docker", ["network", "inspect", `${instance.project}_outgoing`, "-f", format]);
    gateway = stdout.trim();
    server = disposables.use(await startMailServer(gateway));
    await copyFile(server.certificate, join(instance.folder, "authority.pem"));
  });
  afterAll(() => disposables.disposeAsync());

  const set = (setting: string, value: string) => instance.cli(["config", "set", instance.name, setting, value]);
  const up = () => instance.cli(["up", instance.name]);
  const password = (text: string) => writeFile(join(instance.folder, "secrets", "smtp"), text, { mode: 0o600 });
  const mail = (settings: object) => set("mail", JSON.stringify({ host: gateway, from: FROM, ...settings }));
  const good = () => ({ port: server.port, user: LOGIN.user, password_file: "smtp", ca_file: "authority.pem" });

  /** What `mail test` says of these settings when they cannot work, in both languages. */
  async function refusal(settings: object, code: string, address = "it@chu.example"): Promise<string> {
    await mail(settings);
    await up();
    const test = ["mail", "test", instance.name, address];
    const french = await instance.cli([...test, "--lang", "fr"], { exitStatus: 1 });
    expect(french.stderr).toContain(`[${code}]`);
    const english = await instance.cli(test, { exitStatus: 1 });
    expect(english.stderr).toContain(`[${code}]`);
    expect(english.stderr).not.toContain(LOGIN.password);
    return english.stderr;
  }

  test("that is not set, or has no password or authority, is an error that says so", async () => {
    const { stderr } = await instance.cli(["mail", "test", instance.name, "a@b.example"], { exitStatus: 1 });
    expect(stderr).toContain("[MAIL_NOT_SET]");
    await mail({ ...good(), ca_file: "secrets/secret_key" });
    expect((await instance.cli(["up", instance.name], { exitStatus: 1 })).stderr).toContain("[SECRET_NOT_GIVEN]");
    await password(`${LOGIN.password}\n`);
    expect((await instance.cli(["up", instance.name], { exitStatus: 1 })).stderr).toContain(
      "[MAIL_AUTHORITIES_INVALID]",
    );
    const out = await instance.cli(["config", "set", instance.name, "application.outgoing", "false"], {
      exitStatus: 2,
    });
    expect(out.stderr).toContain("[SETTING_NEEDS_OUTGOING]");
  });

  test("is sent through TLS with the login, from the instance's own sender", async () => {
    await password(`${LOGIN.password}\n`);
    await mail(good());
    await set("application.admins", '[{name: "Élise", email: it@chu.example}]');
    await set("application.log_level", "WARNING");
    expect((await instance.cli(["mail", "test", instance.name], { exitStatus: 1 })).stderr).toContain(
      "[MAIL_NOT_APPLIED]",
    );
    await up();
    const { stdout } = await instance.cli(["mail", "test", instance.name, "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      address: "it@chu.example",
      server: `${gateway}:${server.port}`,
      answer: expect.stringMatching(/^250 /),
    });
    expect(server.messages.at(-1)).toMatchObject({ sender: "biomaid@chu.example", recipients: ["it@chu.example"] });

    // As upstream's alerts do: with a sender of their own.
    const python = [
      "from django.conf import settings",
      "from django.core.mail import mail_admins, send_mail",
      "send_mail('Alert', 'text', 'noreply@elsewhere.example', ['user@chu.example'])",
      "mail_admins('Failure', 'text')",
      "print('level', settings.LOGGING['handlers']['console']['level'])",
    ].join("; ");
    const { stdout: printed } = await instance.cli(["manage", instance.name, "--", "shell", "-c", python]);
    expect(printed).toContain("level WARNING");
    const [alert, failure] = server.messages.slice(-2);
    expect(alert).toMatchObject({ sender: "biomaid@chu.example", recipients: ["user@chu.example"] });
    expect(alert?.text).toContain(`From: ${FROM}`);
    expect(failure?.recipients).toEqual(["it@chu.example"]);
  });

  test("keeps its password in a file that only app and cron have", async () => {
    const services = await instance.services();
    for (const [name, { id }] of Object.entries(services)) {
      const { stdout } = await execa("docker", ["inspect", id]);
      expect(stdout).not.toContain(LOGIN.password);
      expect(stdout.includes("/run/secrets/mail_password"), name).toBe(["app", "cron"].includes(name));
    }
    for (const file of ["compose.yaml", "stack/app/settings.json", "instance.lock.yaml"])
      expect(await readFile(join(instance.folder, file), "utf8")).not.toContain(LOGIN.password);
    expect((await instance.cli(["logs", instance.name])).stdout).not.toContain(LOGIN.password);
  });

  test("that the server refuses is told in its words", async () => {
    expect(await refusal(good(), "MAIL_MESSAGE_REFUSED", "nobody@chu.example")).toContain("Nobody of that name");
    await password("wrong");
    expect(await refusal(good(), "MAIL_LOGIN_REFUSED")).toContain("535 ");
    await password(LOGIN.password);
    await up();
    await instance.cli(["mail", "test", instance.name]);
  });

  test("that a wrong setting keeps from the server is told by what it is", async () => {
    const { ca_file: _, ...unknown } = good();
    expect(await refusal(unknown, "MAIL_CERTIFICATE_REFUSED")).toContain("self-signed");
    await refusal({ ...good(), security: "tls" }, "MAIL_TLS_FAILED");
    await refusal({ ...good(), host: "mail.nowhere.invalid" }, "MAIL_HOST_UNKNOWN");
    await refusal({ ...good(), port: 9 }, "MAIL_UNREACHABLE");
    await using other = await startMailServer(gateway, { name: "other.example", tls: true });
    await copyFile(other.certificate, join(instance.folder, "authority.pem"));
    const named = await refusal({ ...good(), port: other.port, security: "tls" }, "MAIL_CERTIFICATE_REFUSED");
    expect(named).toContain(gateway);
  });
});
