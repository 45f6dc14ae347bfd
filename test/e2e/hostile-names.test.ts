import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { containersOf } from "../support/engine.ts";
import { newInstance, type TestInstance } from "../support/instance.ts";

const SAMPLE = join(import.meta.dirname, "..", "..", "sample");

/** What a shell, git or docker would take for something to do: each would leave a file of this name in its folder. */
const CANARY = "canary";

const COMMANDS_IN_NAMES = [
  `$(touch ${CANARY})`,
  `\`touch ${CANARY}\``,
  `; touch ${CANARY}`,
  `x\ntouch ${CANARY}`,
  `'; touch ${CANARY}; '`,
  `"; touch ${CANARY}; "`,
  `--upload-pack=touch ${CANARY};`,
  `> ${CANARY}`,
];

/** What looks like another name, is another path, or moves the cursor of a terminal. */
const TRICKS = [
  "-v",
  "--help",
  "..",
  "a/../b",
  "de\u200bmo",
  "\u202eomed",
  "dеmo",
  "ｄｅｍｏ",
  "de mo",
  "\x1b[31mdemo",
  "demo\r",
  "",
  "*",
];

const HOSTILE = [...COMMANDS_IN_NAMES, ...TRICKS];

/** One command makes instances, the others open them: these get a few of the names. */
const COMMANDS: [command: string, options: string[], names: string[]][] = [
  ["up", ["--profile", "demo"], HOSTILE],
  ["init", ["--profile", "demo"], COMMANDS_IN_NAMES],
  ...["down", "status", "logs", "manage", "psql", "jobs"].map((command): [string, string[], string[]] => [
    command,
    [],
    COMMANDS_IN_NAMES.slice(0, 2),
  ]),
];

describe("a hostile name", () => {
  test.each(COMMANDS)("of an instance is refused by `%s` and reaches nothing", async (command, options, names) => {
    await using instance = await newInstance();
    for (const name of names) {
      const { stderr } = await instance.cli([command, ...options, "--", name], { exitStatus: 2, cwd: instance.home });
      expect(stderr).toContain("[INSTANCE_NAME_INVALID]");
      expect(stderr, "nothing that moves the cursor").not.toMatch(/[^\P{C}\n]/u);
    }
    expect(await readdir(instance.home)).toEqual([]);
  });

  test.each([
    ["a source", (text: string) => ["--source", text]],
    ["a URL", (text: string) => ["--source", `https://127.0.0.1:1/${text}`]],
    ["a host", (text: string) => ["--source", `ssh://${text}/x`]],
    ["a user", (text: string) => ["--source", `${text}@127.0.0.1:x`]],
    ["a transport", (text: string) => ["--source", `ext::${text}`, "--ref", "main"]],
    ["an image", (text: string) => ["--source", `image:${text}`]],
    ["a ref", (text: string) => ["--source", "https://127.0.0.1:1/x.git", `--ref=${text}`]],
  ] as const)("of %s makes nothing and reaches no shell", async (_, options) => {
    await using instance = await newInstance();
    // git would ask a host that is called so; the test asks nobody.
    const env = { GIT_SSH_COMMAND: "false" };
    for (const text of [...COMMANDS_IN_NAMES, ...TRICKS.slice(0, 4)]) {
      const args = ["up", instance.name, "--profile", "demo", "--port", String(instance.port), ...options(text)];
      const { exitCode, stderr } = await instance.startCli(args, { cwd: instance.home, env });
      expect([1, 2], `${text}\n${stderr}`).toContain(exitCode);
      expect(stderr).toMatch(/^\[[A-Z_]+\]$/m);
    }
    expect((await readdir(instance.home)).filter((name) => name !== ".cache")).toEqual([]);
    expect(await containersOf(instance.project)).toEqual([]);
  });
});

/** Names that are fine on a disk, and that each have a meaning to somebody on the way into an image. */
const ODD_FILES = [
  ...HOSTILE.filter((name) => !/^\.*$|\//.test(name)),
  "-c.py",
  "od d$(x)'é.py",
  'folder.py/"quoted"',
  "static/css/$(x) é.css",
  " lead",
  "trail ",
  "back\\slash",
  "tab\t",
  "%41",
  "#hash",
  "a,b",
  "a:b",
  "a=b",
  "[x]",
  "{a}",
  "!x",
  "&",
];

/** A folder of instances, and all that is below it, whose name no shell, CSV or YAML takes as it is. */
const ODD_HOME = `a "b" 'c' $HOME \${x} \`id\` é, d:e=f;#%`;

async function writeOdd(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, name.endsWith(".py") ? "X = 1\n" : name);
  }
}

describe("files whose names no shell takes as they are", () => {
  const oddSource = async (instance: TestInstance): Promise<string> => {
    const folder = join(instance.home, `-source $(touch ${CANARY}), 'q' "d" é;:=`);
    await cp(SAMPLE, folder, { recursive: true, filter: (path) => !path.endsWith("__pycache__") });
    await writeOdd(folder, ODD_FILES);
    return folder;
  };
  /** What a folder in a container holds, by content, so that a name that was changed on the way shows. */
  const contents = async (instance: TestInstance, folder: string): Promise<Map<string, string>> => {
    const script =
      "import json, pathlib, sys; root = pathlib.Path(sys.argv[1]); print(json.dumps({str(f.relative_to(root)): f.read_bytes().decode() for f in root.rglob('*') if f.is_file() and f.suffix != '.pyc' and f.stat().st_size < 500}))";
    const { stdout } = await instance.compose("exec", "-T", "app", "python", "-c", script, folder);
    return new Map(Object.entries(JSON.parse(stdout) as Record<string, string>));
  };
  const temporary = async (instance: TestInstance): Promise<{ TMPDIR: string }> => {
    const folder = join(instance.home, `tmp, "x" y'$`);
    await mkdir(folder);
    return { TMPDIR: folder };
  };
  const create = async (instance: TestInstance, source: string[]): Promise<void> => {
    await instance.create({ source, env: await temporary(instance), cwd: instance.home });
    const found = await contents(instance, "/srv/biomaid/source");
    for (const name of ODD_FILES) expect(found.get(name), name).toBe(name.endsWith(".py") ? "X = 1\n" : name);
    expect(await readdir(instance.home)).not.toContain(CANARY);
  };

  test("are in the image of a folder, and beside instance.yaml they are the instance's own", async () => {
    await using instance = await newInstance(undefined, ODD_HOME);
    await create(instance, ["--source", await oddSource(instance)]);
    const [local, settings] = [join(instance.folder, "local"), join(instance.folder, "settings.d")];
    const odd = ODD_FILES.filter((name) => !name.includes("/") && !name.endsWith(".py"));
    await cp(join(SAMPLE, "local_biomaid"), local, { recursive: true });
    await writeOdd(local, odd);
    await mkdir(settings);
    await writeFile(join(settings, `10 $(touch ${CANARY}) "é'.py`), "SESSION_COOKIE_AGE = 4242\n");
    await instance.set("application.local", "./local");
    await instance.cli(["up", instance.name]);

    const found = await contents(instance, "/run/biomaid/local");
    for (const name of odd) expect(found.get(name), name).toBe(name);
    const python = "from django.conf import settings; print(settings.SESSION_COOKIE_AGE)";
    expect((await instance.cli(["manage", instance.name, "--", "shell", "-c", python])).stdout).toContain("4242");
    expect(await instance.sql("SELECT 1")).toBe("1");
    expect((await instance.cli(["logs", instance.name, "app"])).stdout).toContain("In service");
    expect((await instance.get("/")).status).toBe(302);
    await instance.cli(["down", instance.name, "--volumes", "--yes"]);
    expect(await containersOf(instance.project)).toEqual([]);
  });

  test("are in the image of a commit, those that are not UTF-8 included", async () => {
    await using instance = await newInstance(undefined, ODD_HOME);
    const source = await oddSource(instance);
    await writeFile(Buffer.concat([Buffer.from(`${source}/caf`), Buffer.from([0xe9]), Buffer.from(".py")]), "X = 1\n");
    const git = (...args: string[]) =>
      execa("git", ["-C", source, "-c", "user.name=Test", "-c", "user.email=test@example.invalid", ...args]);
    const plain = await instance.cli(["up", instance.name, ...instance.creation(["--source", source]).slice(2)], {
      exitStatus: 1,
    });
    expect(plain.stderr).toContain("[FILE_NAME_UNREADABLE]");
    await git("init", "--quiet");
    await git("add", "--all");
    await git("commit", "--quiet", "--message", "odd");
    await create(instance, ["--source", source, "--ref", "HEAD"]);
    const list = "import os; print([n for n in os.listdir(b'.') if n.startswith(b'caf')])";
    expect((await instance.compose("exec", "-T", "app", "python", "-c", list)).stdout).toBe("[b'caf\\xe9.py']");
  });
});
