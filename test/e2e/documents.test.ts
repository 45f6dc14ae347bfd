import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, inject, test } from "vitest";
import { parseInstanceFile } from "../../src/instance/document.ts";
import { errors } from "../../src/messages/fr/errors.ts";
import { BUILT_CLI, commandEnvironment } from "../support/cli.ts";
import { type Block, blocksOf, type Command, commandsOf, normalized } from "../support/documents.ts";
import { newInstance, type TestInstance } from "../support/instance.ts";

const FRENCH_GUIDE = "docs/fr/installation-avec-des-containers.md";

/** The documents whose commands are run, and the locale of their readers. */
const DOCUMENTS = [
  { document: "README.md", locale: "C.UTF-8" },
  { document: "CONTRIBUTING.md", locale: "C.UTF-8" },
  { document: "docs/architecture.md", locale: "C.UTF-8" },
  { document: FRENCH_GUIDE, locale: "fr_FR.UTF-8" },
];

/** What the documents show and no test of documents runs. */
const NOT_RUN: { command: RegExp; reason: string }[] = [
  {
    command: /^\.\/script\/(demo|test)\b/,
    reason: "install packages; the tests themselves are started by one of them",
  },
  { command: /^git clone /, reason: "needs a git host" },
  {
    command: /^(sudo )?npm (ci|pack|install|uninstall|run|test)\b/,
    reason: "the tests run on a checkout that is installed and built",
  },
  { command: /^cd \S+$/, reason: "has no effect beyond the commands that are not run either" },
  { command: /^docker image rm /, reason: "would remove the images of the other tests" },
  { command: /^rm -r ~\/\.cache\//, reason: "would remove the cache of whoever runs the tests" },
  { command: /^nano /, reason: "an editor; the edited text is checked as a YAML block" },
  {
    command: /^(UPDATE_EXAMPLES=1 )?npx (vitest|playwright-core) /,
    reason: "tests do not run tests, nor install browsers",
  },
  { command: /^biomaid-compose init production$/, reason: "is run where the French guide has it" },
  { command: /^biomaid-compose docs production /, reason: "needs that instance; docs.test.ts builds both formats" },
  { command: /^biomaid-compose mail test /, reason: "needs that instance and a mail server; mail.test.ts has both" },
  { command: /^biomaid-compose ldap test /, reason: "needs that instance and a directory; directory.test.ts has both" },
  {
    command: /^biomaid-compose manage production -- shell -c "from common.models import User;/,
    reason: "changes an account of that instance",
  },
  {
    command: /^biomaid-compose (refs|update production)\b/,
    reason: "needs BiomAid's git host, or that instance; git-source.test.ts has both commands",
  },
  {
    command: /^biomaid-compose (local copy production|config set production application\.local )/,
    reason: "needs that instance; failures.test.ts and local-fit.test.ts have both",
  },
  {
    command: /^(docker compose exec -T db pg_dump|pg_restore|docker volume rm) /,
    reason: "moves that instance's data",
  },
  {
    command: /^biomaid-compose up production(\s+--other-data)?(\s+#.*)?$/,
    reason: "needs BiomAid's git host, a registry and port 80",
  },
  { command: /^(sudo )?iptables /, reason: "changes the machine's firewall" },
  { command: /^biomaid-compose up development /, reason: "needs a folder of code; development.test.ts has one" },
  {
    command: /^biomaid-compose manage production -- createsuperuser$/,
    reason: "needs that instance, and asks questions",
  },
];

const blocks = new Map<string, Block[]>();
for (const { document } of DOCUMENTS) blocks.set(document, await blocksOf(document));
const guide = await readFile(join(import.meta.dirname, "..", "..", FRENCH_GUIDE), "utf8");
const all = [...blocks.values()].flat();

const isShell = ({ language }: Block): boolean => language === "sh" || language === "console";

test("every command of the documents is run, or listed with the reason why not", () => {
  const left = all.filter((block) => isShell(block) && !block.run).flatMap(commandsOf);
  const unlisted = left.filter(({ text }) => !NOT_RUN.some(({ command }) => command.test(text)));
  expect(unlisted.map(({ place, text }) => `${place}: ${text}`)).toEqual([]);
  const stale = NOT_RUN.filter(({ command }) => !left.some(({ text }) => command.test(text)));
  expect(stale.map(({ command }) => String(command))).toEqual([]);
});

test("every instance.yaml of the documents is valid", () => {
  for (const { language, place, lines } of all) {
    if (language === "yaml") expect(() => parseInstanceFile(lines.join("\n"), place), place).not.toThrow();
  }
});

test("the French guide says what to do about every error, and about no other", () => {
  const codes = [...guide.matchAll(/`([A-Z]+(?:_[A-Z]+)+|USAGE|INTERRUPTED)`/g)].map(([, code]) => code ?? "");
  const django = [
    "AUTHENTICATION_BACKENDS",
    "DEFAULT_FROM_EMAIL",
    "INSTALLED_APPS",
    "DJANGO_LOG_LEVEL",
    "EMAIL_BACKEND",
    "SERVER_EMAIL",
    "ALLOWED_HOSTS",
    "SECRET_KEY",
    "MEDIA_ROOT",
    "STATIC_ROOT",
    "BIOMAID_HOME",
  ];
  expect(new Set(codes.filter((code) => !django.includes(code)))).toEqual(new Set(Object.keys(errors)));
});

const runnable = DOCUMENTS.filter(({ document }) => blocks.get(document)?.some(({ run }) => run));

describe.concurrent.each(runnable)("$document", ({ document, locale }) => {
  test("its commands work, and print what it shows", async () => {
    await using instance = await newInstance();
    const place = await workplace(instance);
    try {
      const commands = (blocks.get(document) ?? []).filter(({ run }) => run).flatMap(commandsOf);
      for (const command of commands) await check(command, instance, place, locale);
    } finally {
      await rm(place.folder, { recursive: true, force: true });
    }
  });
});

interface Workplace {
  /** Stands for the reader's home folder. */
  folder: string;
  bin: string;
}

/** A folder to be in, and a `biomaid-compose` on PATH which creates instances that get on with their neighbours. */
async function workplace(instance: TestInstance): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), "biomaid-documents-"));
  const bin = join(folder, ".bin");
  const program = join(bin, "biomaid-compose");
  await mkdir(bin);
  const options = `--profile demo --port ${instance.port} --bases ${inject("bases")}`;
  const lines = [
    "#!/bin/sh",
    `case "$1 $2" in "up ${instance.name}" | "init ${instance.name}") set -- "$@" ${options} ;; esac`,
    'case "$1 $*" in *" --source "*) ;; "up "*) set -- "$@" --source sample ;; esac',
    `exec "${process.execPath}" "${BUILT_CLI}" "$@"`,
  ];
  await writeFile(program, `${lines.join("\n")}\n`);
  await chmod(program, 0o755);
  return { folder, bin };
}

async function check(command: Command, instance: TestInstance, { folder, bin }: Workplace, locale: string) {
  /** The document's instance is `demo`, in ~/biomaid, on port 8080. */
  const here = (text: string): string =>
    text
      .replace(/~\/biomaid(?![\w-])/g, instance.home)
      .replace(/(?<!\S)~(?=\/|$)/g, folder)
      .replaceAll(":8080", `:${instance.port}`)
      .replace(/(?<=^|[\s/=]|biomaid-)(?<!--profile )demo(?![a-z0-9-])/g, instance.name);
  const asDocumented = (text: string): string =>
    text
      .replaceAll(instance.home, "~/biomaid")
      .replaceAll(`:${instance.port}`, ":8080")
      .replaceAll(instance.name, "demo");
  const { exitCode, all: output } = await execa("bash", ["-euo", "pipefail", "-c", here(command.text)], {
    cwd: here(command.folder),
    env: commandEnvironment({
      PATH: `${bin}:${process.env["PATH"]}`,
      BIOMAID_HOME: instance.home,
      XDG_CACHE_HOME: join(folder, ".cache"),
      LC_ALL: "",
      LANG: locale,
    }),
    stdin: "ignore",
    all: true,
    reject: false,
  });
  const printed = asDocumented(output);
  expect(exitCode, `${command.place}: ${command.text}\n${printed}`).toBe(0);
  expect(normalized(printed), `${command.place}: ${command.text}`).toEqual(
    expect.arrayContaining(normalized(command.shown.filter((line) => line !== "…").join("\n"))),
  );
}
