import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { run } from "../../../src/cli/run.ts";
import { PROFILES } from "../../../src/instance/profiles.ts";
import { temporaryFolder } from "../support.ts";

let stdout = "";
let stderr = "";

beforeEach(() => {
  [stdout, stderr] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  vi.stubEnv("LC_ALL", "C.UTF-8");
  vi.stubEnv("BIOMAID_HOME", "/nonexistent");
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function biomaid(...args: string[]): Promise<number> {
  return run(["node", "biomaid-compose", ...args]);
}

const COMMANDS = [
  "init",
  "up",
  "update",
  "refs",
  "down",
  "list",
  "status",
  "logs",
  "manage",
  "psql",
  "config",
  "jobs",
  "version",
  "help",
];

describe.each(["en", "fr"])("help in %s", (lang) => {
  test("lists every command and every option of all commands, each with its meaning", async () => {
    expect(await biomaid("--lang", lang, "--help")).toBe(0);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command}\\b.* {2,}\\S`, "m"));
    for (const option of ["--json", "--lang", "--home", "--verbose", "--no-color", "--help"]) {
      expect(stdout).toMatch(new RegExp(`^  .*${option}\\b.* {2,}\\S`, "m"));
    }
    expect(stdout).toMatch(/\b70\b.*\b130\b/);
    expect(stderr).toBe("");
  });

  test.each(COMMANDS.filter((command) => command !== "help"))("of %s explains it", async (command) => {
    expect(await biomaid("--lang", lang, command, "--help")).toBe(0);
    expect(stdout).toContain(`biomaid-compose ${command}`);
    for (const line of stdout.split("\n").filter((each) => /^ {2}-/.test(each)))
      expect(line).toMatch(/^ {2}-.* {2,}\S/);
  });
});

test("help in French has no English in it", async () => {
  for (const command of COMMANDS.slice(0, -1)) await biomaid("--lang", "fr", command, "--help");
  expect(stdout).toContain("Options globales");
  expect(stdout).not.toMatch(/\b(Usage|Options:|default|Commands|display|the|instances? of)\b/);
});

describe("a command line without a command", () => {
  test.each([[], ["config"]])("prints the help: %j", async (...args) => {
    expect(await biomaid(...args)).toBe(2);
    expect(stderr).toContain(`Usage: biomaid-compose ${args.join(" ")}`.trim());
    expect(stderr).toContain("Commands:");
  });
});

describe("wrong usage", () => {
  const CASES: [string[], string, string][] = [
    [["destroy"], "unknown command: destroy", "commande inconnue\u00a0: destroy"],
    [["config", "edit"], "unknown command: edit", "commande inconnue\u00a0: edit"],
    [["up"], "missing argument: name", "argument manquant\u00a0: name"],
    [["up", "demo", "--nope"], "unknown option: --nope", "option inconnue\u00a0: --nope"],
    [["list", "demo"], "too many arguments", "trop d’arguments"],
    [["up", "demo", "--port"], "--port <port> needs a value", "--port <port> attend une valeur"],
    [["init", "demo", "--port", "web"], '--port: "web" is not allowed', "--port\u00a0: la valeur «\u202fweb\u202f»"],
    [["init", "demo", "--port", "-1"], '--port: "-1" is not allowed', "--port\u00a0: la valeur «\u202f-1\u202f»"],
    [["init", "demo", "--profile", "x"], '--profile: "x"', "--profile\u00a0: la valeur «\u202fx\u202f»"],
    [["init", "demo", "--bases", "x"], '--bases: "x"', "--bases\u00a0: la valeur «\u202fx\u202f»"],
    [["jobs", "demo", "--last", "0"], '--last: "0" is not allowed', "--last\u00a0: la valeur «\u202f0\u202f»"],
    [["init", "demo", "--ref", "-x"], "source.ref has a value", "source.ref a une valeur"],
    [["init", "../x"], '"../x" cannot be the name', "«\u202f../x\u202f» ne peut pas être le nom"],
    [["config", "show", "$(id)"], '"$(id)" cannot be the name', "«\u202f$(id)\u202f» ne peut pas être le nom"],
    [["init", "demo", "--port", "70000"], "web.port is above the maximum of 65535", "au-dessus du maximum de 65535"],
    [["init", "demo", "--source", "ext::x", "--ref", "-x"], "source.ref has a value", "source.ref a une valeur"],
  ];

  test.each(CASES)("%j is told in English, with status 2", async (args, message) => {
    expect(await biomaid(...args)).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
  });

  test.each(CASES)("%j is told in French, with status 2", async (args, _, message) => {
    vi.stubEnv("LC_ALL", "fr_FR.UTF-8");
    expect(await biomaid(...args)).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
  });

  test("a language that there is not is told, and not passed over", async () => {
    expect(await biomaid("--lang", "de", "list")).toBe(2);
    expect(stderr).toContain('--lang: "de" is not allowed');
  });

  test("is JSON when JSON is asked for", async () => {
    expect(await biomaid("--json", "destroy")).toBe(2);
    expect(JSON.parse(stderr)).toEqual({
      error: { code: "USAGE", what: "unknown command: destroy", next: expect.any(String), details: [] },
    });
  });
});

describe("init", () => {
  test("makes an instance that config finds valid and shows whole", async () => {
    await using home = await temporaryFolder();
    expect(await biomaid("--home", home.path, "init", "demo", "--source", "sample", "--port", "8099")).toBe(0);
    expect(stdout).toContain("biomaid-compose up demo");
    stdout = "";
    expect(await biomaid("--home", home.path, "--json", "config", "show", "demo")).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ profile: "demo", source: { sample: true }, web: { port: 8099 } });
    expect(await biomaid("--home", home.path, "config", "validate", "demo")).toBe(0);
    expect(stderr).toBe("");
  });

  test("takes a ref alone for one of the profile's own source", async () => {
    await using home = await temporaryFolder();
    expect(await biomaid("--home", home.path, "init", "demo", "--ref", "0.15")).toBe(0);
    stdout = "";
    await biomaid("--home", home.path, "--json", "config", "show", "demo");
    expect(JSON.parse(stdout).source).toEqual({ ...PROFILES.demo.source, ref: "0.15" });
  });

  test("changes nothing where there is an instance already", async () => {
    await using home = await temporaryFolder();
    await biomaid("--home", home.path, "init", "demo");
    const file = join(home.path, "demo", "instance.yaml");
    await writeFile(file, "version: 1\nprofile: demo # mine\n");
    expect(await biomaid("--home", home.path, "init", "demo", "--port", "1")).toBe(1);
    expect(stderr).toContain("[INSTANCE_EXISTS]");
    expect(await readFile(file, "utf8")).toContain("# mine");
  });

  test("needs a profile for a name that is none", async () => {
    await using home = await temporaryFolder();
    expect(await biomaid("--home", home.path, "init", "test")).toBe(2);
    expect(stderr).toContain("--profile");
    expect(await biomaid("--home", home.path, "init", "test", "--profile", "ci")).toBe(0);
  });

  test("tells what the system refuses as such, and not as a bug", async () => {
    await using home = await temporaryFolder();
    await writeFile(join(home.path, "file"), "");
    expect(await biomaid("--home", join(home.path, "file"), "init", "demo")).toBe(1);
    expect(stderr).toContain("[FILE_REFUSED]");
    expect(stderr).not.toContain("bug");
  });
});

describe("a bug of the tool", () => {
  const crash = (): void =>
    void vi.mocked(process.stdout.write).mockImplementation(() => {
      throw new TypeError("no such thing");
    });

  test.each([
    ["en", "Error: this is a bug in biomaid-compose."],
    ["fr", "Erreur\u00a0: ceci est un bug de biomaid-compose."],
  ])("is told as such in %s, with what led to it and status 70", async (lang, message) => {
    crash();
    expect(await biomaid("--lang", lang, "config", "schema")).toBe(70);
    expect(stderr).toContain(message);
    expect(stderr).toContain("[BUG]");
    expect(stderr).toMatch(/^ +at .*config/m);
  });

  test("is JSON when JSON is asked for", async () => {
    crash();
    expect(await biomaid("--json", "config", "schema")).toBe(70);
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: "BUG",
        what: "this is a bug in biomaid-compose.",
        next: expect.stringMatching(/./),
        details: expect.arrayContaining(["TypeError: no such thing"]),
      },
    });
  });
});

test("a broken instance.yaml is told with every fault and its place, and left as it is", async () => {
  await using home = await temporaryFolder();
  await mkdir(join(home.path, "demo"));
  const file = join(home.path, "demo", "instance.yaml");
  const text = "version: 1\nprofile: demo\nweb:\n  prot: 80\n  hosts: []\n";
  await writeFile(file, text);
  expect(await biomaid("--home", home.path, "config", "validate", "demo")).toBe(2);
  expect(stderr).toContain(`${file}:4:3: web.prot is not a known setting; did you mean "port"?`);
  expect(stderr).toContain(`${file}:5:10: web.hosts must not be empty`);
  expect(stderr).toContain("2 errors");
  expect(await readFile(file, "utf8")).toBe(text);
});

test("the JSON Schema is printed as JSON, asked for or not", async () => {
  expect(await biomaid("config", "schema")).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ type: "object", required: ["version", "profile"] });
});
