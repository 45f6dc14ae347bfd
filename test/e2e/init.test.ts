import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { newInstance } from "../support/instance.ts";
import { CTRL_C } from "../support/terminal.ts";

const ENTER = "\r";

describe("init on a terminal", () => {
  test("asks what it must know, refuses a wrong answer at once and takes what is proposed with Enter", async () => {
    await using instance = await newInstance();
    const terminal = instance.onTerminal(["init", instance.name, "--lang", "en"]);
    const answer = async (question: string, text: string): Promise<void> => {
      await terminal.shows(question);
      terminal.type(text + ENTER);
    };
    await answer("Profile, one of", "prod");
    await terminal.shows("must be one of: demo, production, development, ci");
    terminal.type(`production${ENTER}`);
    await answer("BiomAid's code", "");
    await answer("Branch, tag or commit: [stable]", "0.15");
    await answer("The site's configuration", "./local");
    await answer("Names under which", "biomaid.chu.example biomaid");
    await answer("Address of this machine", "somewhere");
    await terminal.shows("has a value that is not allowed: somewhere");
    terminal.type(ENTER);
    await answer("PEM file of its HTTPS certificate", "/etc/ssl/biomaid/fullchain.pem");
    await answer("private key", "");
    await terminal.shows("must not be empty");
    terminal.type(`/etc/ssl/biomaid/privkey.pem${ENTER}`);
    await answer("Web port: [443]", "99999");
    await terminal.shows("is above the maximum of 65535");
    terminal.type(`8123${ENTER}`);
    await answer("redirects HTTP to HTTPS", "80");
    await answer("gunicorn processes: [4]", "");
    await answer("Mail server (SMTP)", "smtp.chu.example");
    await answer("Sender of the mails", "");
    await terminal.shows("has a value that is not allowed");
    terminal.type(`BiomAid <biomaid@chu.example>${ENTER}`);
    await answer("Encryption", "tls");
    await answer("Port of the mail server: [465]", "");
    await answer("Login at the mail server", "biomaid");
    await answer("[mail_password]", "");
    await answer("PEM file of the authority", "");
    await answer("Who is mailed", "Élise <it@chu.example>");
    const { exitStatus, screen } = await terminal.ended();
    expect(exitStatus).toBe(0);
    expect(screen).toContain(`biomaid-compose up ${instance.name}`);
    expect(screen).toContain("secrets/mail_password");
    const text = await readFile(join(instance.folder, "instance.yaml"), "utf8");
    expect(parse(text)).toEqual({
      version: 1,
      profile: "production",
      source: { git: "https://bitbucket.org/ajaborsk/biomaid.git", ref: "0.15" },
      application: { local: "./local", admins: [{ name: "Élise", email: "it@chu.example" }] },
      web: {
        hosts: ["biomaid.chu.example", "biomaid"],
        tls: {
          certificate: "/etc/ssl/biomaid/fullchain.pem",
          key: "/etc/ssl/biomaid/privkey.pem",
          redirect_port: 80,
        },
        port: 8123,
      },
      mail: {
        host: "smtp.chu.example",
        from: "BiomAid <biomaid@chu.example>",
        security: "tls",
        user: "biomaid",
        password_file: "mail_password",
      },
    });
    const schema = /^# yaml-language-server: \$schema=(.+)$/m.exec(text)?.[1] ?? "";
    expect(JSON.parse(await readFile(join(instance.folder, schema), "utf8"))).toHaveProperty("properties.web");
  });

  test.each([
    ["Ctrl-C", CTRL_C],
    ["Ctrl-D", "\x04"],
  ])("%s in a question leaves nothing behind", async (_, key) => {
    await using instance = await newInstance();
    const terminal = instance.onTerminal(["init", instance.name, "--profile", "production", "--lang", "fr"]);
    await terminal.shows("Code de BiomAid");
    terminal.type(ENTER);
    await terminal.shows("Branche, tag ou commit");
    terminal.type(key);
    const { exitStatus, screen } = await terminal.ended();
    expect(screen).toContain("[INTERRUPTED]");
    expect(exitStatus).toBe(key === CTRL_C ? 130 : 1);
    expect(await readdir(instance.home)).toEqual([]);
  });

  test("asks nothing with --yes, nor what an option says", async () => {
    await using instance = await newInstance();
    const quiet = instance.onTerminal(["init", instance.name, "--profile", "demo", "--yes"]);
    expect((await quiet.ended()).exitStatus).toBe(0);
    await using other = await newInstance();
    const options = ["--profile", "production", "--source", "sample", "--host", "a.example", "--host", "b.example"];
    const values = ["--local", "local_biomaid", "--address", "127.0.0.1", "--port", "8123", "--workers", "2"];
    const tls = ["--tls-certificate", "/etc/ssl/full.pem", "--tls-key", "/etc/ssl/key.pem", "--redirect-port", "8124"];
    const mail = ["--mail-host", "smtp.chu.example", "--mail-from", "a@chu.example", "--mail-security", "none"];
    const more = ["--mail-port", "25", "--admin", "A <a@chu.example>"];
    expect(
      (await other.onTerminal(["init", other.name, ...options, ...values, ...tls, ...mail, ...more]).ended())
        .exitStatus,
    ).toBe(0);
    expect(parse(await readFile(join(other.folder, "instance.yaml"), "utf8"))).toEqual({
      version: 1,
      profile: "production",
      source: { sample: true },
      application: { local: "local_biomaid", workers: 2, admins: [{ name: "A", email: "a@chu.example" }] },
      web: {
        hosts: ["a.example", "b.example"],
        address: "127.0.0.1",
        tls: { certificate: "/etc/ssl/full.pem", key: "/etc/ssl/key.pem", redirect_port: 8124 },
        port: 8123,
      },
      mail: { host: "smtp.chu.example", from: "a@chu.example", security: "none", port: 25 },
    });
  });
});
