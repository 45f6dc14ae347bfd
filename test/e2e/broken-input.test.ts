import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containersOf, volumesOf } from "../support/engine.ts";
import { newInstance, startInstance, type TestInstance } from "../support/instance.ts";
import { folderState, projectState } from "../support/snapshot.ts";

const BROKEN = `version: 1
profil: demo
profile: dmeo
source:
  git: --upload-pack=id
  path: ""
  ref: a..b
application:
  workers: two
  langage: fr
  local: bad name
web:
  prot: 80
  port: 70000
  address: localhost
  hosts: [a b, localhost, "*"]
bases: dcoker
`;

/** Line and column of each fault of BROKEN, with the beginning of what is said of it in either language. */
const FAULTS = [
  "2:1: profil ",
  "3:10: profile ",
  "5:3: source ",
  "5:8: source.git ",
  "6:9: source.path ",
  "7:8: source.ref ",
  "9:12: application.workers ",
  "10:3: application.langage ",
  "11:10: application.local ",
  "13:3: web.prot ",
  "14:9: web.port ",
  "15:12: web.address ",
  "16:11: web.hosts.0 ",
  "16:27: web.hosts.2 ",
  "17:8: bases ",
];

const COMMANDS = [
  ["up", "NAME"],
  ["up", "NAME", "--port", "8080"],
  ["down", "NAME"],
  ["down", "NAME", "--volumes", "--yes"],
  ["status", "NAME"],
  ["logs", "NAME"],
  ["manage", "NAME", "--", "check"],
  ["psql", "NAME", "--", "-c", "DROP SCHEMA public CASCADE"],
  ["jobs", "NAME"],
  ["config", "validate", "NAME"],
  ["config", "show", "NAME"],
];

describe("an instance that runs, and whose instance.yaml was broken", () => {
  let instance: TestInstance;
  let before: unknown;
  let file: string;
  const state = async (): Promise<unknown> => [
    await folderState(instance.folder),
    await projectState(instance.project),
  ];

  beforeAll(async () => {
    instance = await startInstance();
    file = join(instance.folder, "instance.yaml");
    await writeFile(file, BROKEN);
    before = await state();
  });
  afterAll(() => instance?.[Symbol.asyncDispose]());

  test.each(COMMANDS)(
    "%s %s tells every fault, in both languages and to programs, and changes nothing",
    async (...words) => {
      const args = words.map((word) => (word === "NAME" ? instance.name : word));
      const [command = "", ...rest] = args;
      const end = args.includes("--") ? args.indexOf("--") : args.length;
      const withOption = (...options: string[]): string[] => [
        command,
        ...rest.slice(0, end - 1),
        ...options,
        ...args.slice(end),
      ];
      const places = FAULTS.map((fault) => `  ${file}:${fault}`);

      const english = await instance.cli(withOption("--lang", "en"), { exitStatus: 2 });
      const french = await instance.cli(withOption("--lang", "fr"), { exitStatus: 2 });
      for (const { stdout, stderr } of [english, french]) {
        const said = stderr.split("\n").filter((line) => line.startsWith("  "));
        expect(said.map((line, index) => line.slice(0, places[index]?.length))).toEqual(places);
        expect(stderr).toContain("[INSTANCE_FILE_INVALID]");
        expect(stdout).toBe("");
      }
      expect(english.stderr).toContain(`${FAULTS.length} errors. Nothing was changed.`);
      expect(english.stderr).toContain('did you mean "profile"?');
      expect(french.stderr).toMatch(/\b15\serreurs\. Rien n’a été modifié\./);
      expect(french.stderr).not.toContain("did you mean");

      const { stderr: json, stdout } = await instance.cli(withOption("--json"), { exitStatus: 2 });
      const { error } = JSON.parse(json) as { error: { code: string; details: string[] } };
      expect(error.code).toBe("INSTANCE_FILE_INVALID");
      expect(error.details.map((line, index) => `  ${line}`.slice(0, places[index]?.length))).toEqual(places);
      expect(stdout).toBe("");
      expect(await state()).toEqual(before);
    },
  );

  test("it still serves", async () => {
    expect((await instance.get("/")).status).toBe(302);
    expect(await readFile(file, "utf8")).toBe(BROKEN);
  });
});

describe("a command line that cannot be meant", () => {
  test.each([
    ["port 0", ["--port", "0"], 2],
    ["port 65536", ["--port", "65536"], 2],
    ["negative port", ["--port", "-1"], 2],
    ["port in words", ["--port", "http"], 2],
    ["two ports", ["--port", "80 81"], 2],
    ["port in other digits", ["--port", "８０８０"], 2],
    ["profile", ["--profile", "prod"], 2],
    ["bases", ["--bases", "docker"], 2],
    ["host with a space", ["--source", "https://exa mple.org/x.git"], 2],
    ["host as an option", ["--source", "ssh://-oProxyCommand=id/x"], 2],
    ["address of an address", ["--source", "ext+x::https://h/x"], 1],
    ["folder that is not there", ["--source", "./nowhere"], 1],
    ["folder of something else", ["--source", "."], 1],
    ["image as an option", ["--source", "image:--help"], 2],
    ["image without a name", ["--source", "image:"], 2],
    ["image that is not there", ["--source", "image:biomaid-compose/nowhere:1"], 1],
    ["ref as an option without a source", ["--ref=--upload-pack=id"], 2],
    ["ref as an option", ["--source", "https://127.0.0.1:1/x.git", "--ref=--upload-pack=id"], 2],
    ["ref of two", ["--source", "https://127.0.0.1:1/x.git", "--ref", "a..b"], 2],
    ["ref of the sample", ["--source", "sample", "--ref", "main"], 2],
    ["empty ref", ["--source", "https://127.0.0.1:1/x.git", "--ref", ""], 2],
  ])("%s: nothing is made", async (_, options, exitStatus) => {
    await using instance = await newInstance();
    const args = ["up", instance.name, "--profile", "demo", "--port", String(instance.port), ...options];
    const { stderr, stdout } = await instance.cli(args, { exitStatus, cwd: instance.home });
    expect(stderr).toMatch(/^\[[A-Z_]+\]$/m);
    expect(stdout).toBe("");
    expect(await readdir(instance.home)).toEqual([]);
    expect(await containersOf(instance.project)).toEqual([]);
    expect(await volumesOf(instance.project)).toEqual([]);
  });
});
