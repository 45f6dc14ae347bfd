import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { BUILT_CLI, runCli } from "../support/cli.ts";
import { newInstance } from "../support/instance.ts";

const FRENCH = { LC_ALL: "fr_FR.UTF-8" };

describe("the command line", () => {
  test.each([
    [["frobnicate"], "unknown command: frobnicate", "commande inconnue"],
    [["list", "--frobnicate"], "unknown option: --frobnicate", "option inconnue"],
    [["up"], "missing argument: name", "argument manquant"],
    [["list", "too", "many"], "too many arguments", "trop d’arguments"],
    [["up", "demo", "--port"], "needs a value", "--port"],
    [["up", "demo", "--port", "http"], '--port: "http"', "--port"],
    [["up", "demo", "--profile", "prod"], '--profile: "prod"', "--profile"],
    [["up", "demo", "--bases", "some"], '--bases: "some"', "--bases"],
    [["up", "Démo"], '"Démo"', "Démo"],
    [["up", "../demo", "--profile", "demo"], '"../demo"', "../demo"],
    [["jobs", "demo", "--last", "few"], '--last: "few"', "--last"],
  ])("%j is wrong usage, in both languages", async (args, english, french) => {
    const home = ["--home", "/nonexistent"];
    const inEnglish = await runCli([...args, ...home], { exitStatus: 2 });
    expect(inEnglish.stderr).toContain(`Error: `);
    expect(inEnglish.stderr).toContain(english);
    expect(inEnglish.stdout).toBe("");
    const inFrench = await runCli([...args, ...home], { env: FRENCH, exitStatus: 2 });
    expect(inFrench.stderr).toContain("Erreur");
    expect(inFrench.stderr).toContain(french);
  });

  test("--lang is stronger than the locale, --json gives errors to programs", async () => {
    const { stderr } = await runCli(["frobnicate", "--lang", "fr"], { exitStatus: 2 });
    expect(stderr).toContain("Erreur");
    const english = await runCli(["frobnicate", "--lang=en"], { env: FRENCH, exitStatus: 2 });
    expect(english.stderr).toContain("Error: ");
    const { stderr: json } = await runCli(["frobnicate", "--json"], { exitStatus: 2 });
    expect(JSON.parse(json)).toMatchObject({ error: { code: "USAGE" } });
  });

  test("--help shows every command, in both languages", async () => {
    const english = await runCli(["--help"]);
    const french = await runCli(["--help"], { env: FRENCH });
    for (const { stdout } of [english, french]) {
      for (const name of "init up down list status logs manage mail psql config jobs docs version".split(" "))
        expect(stdout).toMatch(new RegExp(`^ +${name}\\b`, "m"));
    }
    expect(english.stdout).toContain("Exit statuses");
    expect(french.stdout).not.toContain("Exit statuses");
    const up = await runCli(["help", "up"]);
    expect(up.stdout).toContain("--source");
  });

  test("version names this tool, Node and Docker", async () => {
    const { version } = JSON.parse(await readFile("package.json", "utf8"));
    const { stdout } = await runCli(["version", "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      "biomaid-compose": version,
      node: process.versions.node,
      "docker-engine": expect.stringMatching(/^\d+\./),
      "docker-compose": expect.stringMatching(/^v?\d+\./),
    });
    expect((await runCli(["version"])).stdout).toContain(`biomaid-compose ${version}\n`);
  });

  test("colours are for terminals, and not with --no-color or NO_COLOR", async () => {
    await using instance = await newInstance();
    const RED = "\x1b[31m";
    const raw = async (args: string[], env: Record<string, string> = {}): Promise<string> => {
      const terminal = instance.onTerminal(["status", "nobody", ...args], { env });
      const { exitStatus, raw } = await terminal.ended();
      expect(exitStatus).toBe(1);
      expect(raw).toContain("[INSTANCE_NOT_FOUND]");
      return raw;
    };
    expect(await raw([])).toContain(RED);
    expect(await raw(["--no-color"])).not.toContain("\x1b[");
    expect(await raw([], { NO_COLOR: "1" })).not.toContain("\x1b[");
    expect(await raw(["--no-color"], { FORCE_COLOR: "1" })).not.toContain("\x1b[");
    expect((await instance.cli(["status", "nobody"], { exitStatus: 1 })).stderr).not.toContain("\x1b[");
  });
});

describe("config", () => {
  test("init writes a short instance.yaml that validate and show understand", async () => {
    await using instance = await newInstance();
    const [, , ...options] = instance.creation();
    const { stdout: created } = await instance.cli(["init", instance.name, ...options]);
    const file = join(instance.folder, "instance.yaml");
    expect(created).toContain(file);
    expect(await readFile(file, "utf8")).toContain("profile: demo");

    expect((await instance.cli(["config", "validate", instance.name])).stdout).toContain("is valid");
    const { stdout } = await instance.cli(["config", "show", instance.name, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      profile: "demo",
      application: { fixtures: ["tests_db"], workers: 2 },
      web: { port: instance.port, address: "127.0.0.1", upload_limit: 100 },
    });
    expect((await instance.cli(["config", "show", instance.name])).stdout).toContain("upload_limit: 100");

    const again = await instance.cli(["init", instance.name, ...options], { exitStatus: 1 });
    expect(again.stderr).toContain("[INSTANCE_EXISTS]");
    const status = await instance.cli(["status", instance.name, "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject({ condition: "down", services: [], jobs: [] });
  });

  test("every fault of instance.yaml is told at once, with its place and the next best word", async () => {
    await using instance = await newInstance();
    const [, , ...options] = instance.creation();
    await instance.cli(["init", instance.name, ...options]);
    const file = join(instance.folder, "instance.yaml");
    await writeFile(
      file,
      "version: 1\nprofile: demo\nweb:\n  prot: 8080\n  port: 99999\napplication:\n  workers: two\n",
    );
    for (const args of [["config", "validate"], ["up"]]) {
      const { stderr } = await instance.cli([...args, instance.name], { exitStatus: 2 });
      expect(stderr).toContain(`${file}:4:3: web.prot`);
      expect(stderr).toContain('did you mean "port"?');
      expect(stderr).toContain(`${file}:5:9: web.port`);
      expect(stderr).toContain(`${file}:7:12: application.workers`);
    }
    const french = await instance.cli(["config", "validate", instance.name, "--lang", "fr"], { exitStatus: 2 });
    expect(french.stderr).toContain(`${file}:4:3: web.prot`);
    expect(french.stderr).not.toContain("did you mean");
    const { stdout } = await instance.cli(["list", "--json"]);
    expect(JSON.parse(stdout)).toEqual([{ name: instance.name, profile: null, url: null, condition: "unknown" }]);
  });

  test("get, set and unset change one setting of the file, or nothing at all", async () => {
    await using instance = await newInstance();
    const [, , ...options] = instance.creation();
    await instance.cli(["init", instance.name, ...options]);
    const file = join(instance.folder, "instance.yaml");
    const config = (verb: string, ...args: string[]) => instance.cli(["config", verb, instance.name, ...args]);
    const before = `# Ours\n${await readFile(file, "utf8")}`;
    await writeFile(file, before);

    expect((await config("get", "web.upload_limit")).stdout).toBe("100\n");
    expect(JSON.parse((await config("get", "web.port", "--json")).stdout)).toEqual({
      setting: "web.port",
      value: instance.port,
      from: "file",
    });
    expect((await config("set", "web.hosts", "[a.example, b.example]")).stdout).toContain("a.example");
    expect((await config("get", "web.hosts")).stdout).toBe("- a.example\n- b.example\n");
    expect((await config("unset", "web.hosts")).stdout).toContain("localhost");
    expect(await readFile(file, "utf8")).toBe(before);

    for (const [setting, value, code, told] of [
      ["web.prot", "1", "SETTING_UNKNOWN", 'Did you mean "web.port"?'],
      ["web.port", "99999", "SETTING_REFUSED", "is above the maximum of 65535"],
      ["web.address", "0.0.0.0", "DEMO_PUBLISHED", "web.publish_demo"],
    ] as const) {
      const { stderr } = await instance.cli(["config", "set", instance.name, setting, value], { exitStatus: 2 });
      expect(stderr).toContain(`[${code}]`);
      expect(stderr).toContain(told);
    }
    expect(await readFile(file, "utf8")).toBe(before);
  });

  test("schema is a JSON Schema", async () => {
    const schema = JSON.parse((await runCli(["config", "schema"])).stdout);
    expect(schema).toMatchObject({ $schema: expect.stringContaining("json-schema.org"), type: "object" });
    expect(Object.keys(schema.properties)).toContain("web");
  });

  test("a demo on an address that others reach is refused, and with publish_demo warned of", async () => {
    await using instance = await newInstance();
    const [, , ...options] = instance.creation();
    await instance.cli(["init", instance.name, ...options]);
    await instance.set("web.address", "0.0.0.0");
    for (const command of ["up", "status"]) {
      const { stderr } = await instance.cli([command, instance.name], { exitStatus: 2 });
      expect(stderr).toContain("[DEMO_PUBLISHED]");
      expect(stderr).toContain("web.publish_demo");
    }
    await instance.set("web.publish_demo", true);
    const { stdout } = await instance.cli(["status", instance.name, "--json"]);
    expect(JSON.parse(stdout).warnings).toContain("demoPublished");
    expect((await instance.cli(["status", instance.name])).stderr).toContain("Warning: Anybody");
  });

  test("without an engine, list still shows the instances", async () => {
    await using instance = await newInstance();
    const [, , ...options] = instance.creation();
    await instance.cli(["init", instance.name, ...options]);
    const env = { DOCKER_HOST: `unix://${instance.home}/no.sock` };
    const { stdout } = await instance.cli(["list", "--json"], { env });
    expect(JSON.parse(stdout)).toMatchObject([{ name: instance.name, condition: "unknown" }]);
  });
});

test("a reader that has gone away ends a command without a word", async () => {
  const late = '{ sleep 1; "$@" --help; echo "exit status $?" >&2; } | :';
  const { stderr } = await execa("bash", ["-c", late, "late", process.execPath, BUILT_CLI]);
  expect(stderr).toBe("exit status 0");
});
