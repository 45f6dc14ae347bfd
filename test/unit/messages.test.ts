import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describe as describeError } from "../../src/cli/output.ts";
import { UserError } from "../../src/errors/user-error.ts";
import { en } from "../../src/messages/en.ts";
import { fr } from "../../src/messages/fr.ts";
import { chooseLanguage, type ErrorCode, type Messages } from "../../src/messages/messages.ts";

/** One value for each parameter of any message, none of which is a word of a message. */
const SAMPLES: Record<string, unknown> = {
  mode: "755",
  address: "192.0.2.7",
  apps: ["APP-1", "APP-2"],
  available: ["3.11.2"],
  bits: 1024,
  column: 6,
  date: "2026-01-31",
  issuer: "ISSUER",
  names: ["name.example.org"],
  subject: "SUBJECT",
  allowed: ["alpha", "beta"],
  before: "/srv/before",
  container: "CONTAINER",
  data: "media",
  database: "DATABASE",
  detail: "DETAIL",
  diagnostics: [{ line: 3, column: 5, setting: "web.port", problem: { kind: "missing" } }],
  extra: "EXTRA",
  encoding: "LATIN1",
  endpoint: "unix:///docker.sock",
  exitStatus: 41,
  expected: "int",
  file: "/srv/file",
  files: ["/srv/one", "/srv/two"],
  folder: "/srv/folder",
  format: "FORMAT",
  found: "FOUND",
  git: "https://example.org/x.git",
  home: "/srv/home",
  host: "git.example.org",
  hosts: ["host.example.org"],
  image: "biomaid-compose/x:1",
  instance: "INSTANCE",
  key: "KEY",
  known: ["KNOWN-1", "KNOWN-2"],
  line: 24,
  lines: ["LINE"],
  local: "LOCAL",
  maximum: 4242,
  minimum: 2424,
  missing: "manage.py",
  name: "NAME",
  now: "/srv/now",
  oldest: "99.9",
  owner: "10001:10001",
  option: "--option",
  others: ["3.13.9"],
  package: "PACKAGE",
  path: "/srv/path",
  port: 8123,
  process: "4711",
  profiles: ["P1", "P2"],
  program: "PROGRAM",
  project: "biomaid-NAME",
  ref: "REF",
  rule: "oneSource",
  secrets: "/srv/secrets",
  server: "mail.example.org:587",
  service: "SERVICE",
  services: ["SERVICE-1", "SERVICE-2"],
  setting: "web.port",
  source: "SOURCE",
  started: true,
  state: "STATE",
  status: 418,
  suggestion: "SUGGESTION",
  supported: 1,
  target: "/srv/target",
  tool: "TOOL",
  user: "USER",
  url: "http://localhost:8123",
  value: "VALUE",
  version: 7,
  wanted: ">=3.12",
};

/** Gives each parameter its sample; one that has none fails the test rather than read "undefined". */
function samples(): { parameters: never; used: Set<string> } {
  const used = new Set<string>();
  const parameters = new Proxy(SAMPLES, {
    get(target, key) {
      if (!(String(key) in target)) throw new Error(`no sample for ${String(key)}`);
      used.add(String(key));
      return target[String(key)];
    },
  });
  return { parameters: parameters as never, used };
}

const CODES = Object.keys(en.errors) as ErrorCode[];

/** No-break spaces stand before these signs in French (« Lexique des règles typographiques en usage à l’Imprimerie nationale »). */
function expectFrench(text: string): void {
  const prose = text.replace(/`[^`]*`/g, "`…`").replace(/https?:\/\/\S+/g, "…");
  expect(prose).not.toMatch(/[ ][:;?!»]|«[ ]/);
  expect(prose).not.toMatch(/[A-Za-zé]'[A-Za-zé]/);
}

function expectText(text: string): void {
  expect(text.trim()).not.toBe("");
  expect(text).not.toMatch(/undefined|null|NaN|\[object|\bfunction\b|=>/);
}

describe("every error", () => {
  test.each(CODES)("%s says what happened and what to do, in both languages, with the same facts", (code) => {
    const [english, french] = [samples(), samples()];
    const inEnglish = describeError(new UserError(code, english.parameters), en);
    const inFrench = describeError(new UserError(code, french.parameters), fr);
    for (const text of [inEnglish.what, inEnglish.next, inFrench.what, inFrench.next]) expectText(text);
    expect(french.used).toEqual(english.used);
    expect(inFrench.next).not.toBe(inEnglish.next);
    if (code !== "USAGE") expect(inFrench.what).not.toBe(inEnglish.what);
    expectFrench(inFrench.what);
    expectFrench(inFrench.next);
  });

  test("is raised somewhere", async () => {
    const { listTree } = await import("../../src/files/tree.ts");
    const src = join(import.meta.dirname, "..", "..", "src");
    const files = (await listTree(src)).filter((file) => !file.startsWith("messages/"));
    const texts = await Promise.all(files.map((file) => readFile(join(src, file), "utf8")));
    const raised = new Set(
      texts.flatMap((text) => [...text.matchAll(/new UserError\(\s*"([A-Z_]+)"/g)].map((found) => found[1])),
    );
    expect(CODES.filter((code) => !raised.has(code))).toEqual([]);
  });
});

test.each(Object.keys(en.problems) as (keyof Messages["problems"])[])(
  "the problem %s is told in both languages",
  (kind) => {
    const [english, french] = [samples(), samples()];
    const [inEnglish, inFrench] = [en.problems[kind](english.parameters), fr.problems[kind](french.parameters)];
    expectText(inEnglish);
    expectText(inFrench);
    expect(inFrench).not.toBe(inEnglish);
    expect(french.used).toEqual(english.used);
    expectFrench(inFrench);
  },
);

describe("every other message", () => {
  /** The texts below a part of the messages, by their path; functions of words are called with ONE, TWO… */
  function textsOf(part: unknown, path: string): [string, string][] {
    if (typeof part === "string") return [[path, part]];
    if (typeof part === "function") return [[path, String(part(...["ONE", "TWO", "THREE"].slice(0, part.length)))]];
    return Object.entries(part as object).flatMap(([key, value]) => textsOf(value, `${path}.${key}`));
  }
  const { errors: _e, problems: _p, ...english } = en;
  const { errors: _f, problems: _q, ...others } = fr;
  const french = new Map(textsOf(others, ""));

  /** Words that both languages share. */
  const SHARED = [/^\.titles\.(service|image|source|instance|commit)$/, /^\.help\.usageErrors\.other$/];

  test.each(textsOf(english, ""))("%s: %j", (path, text) => {
    const translated = french.get(path) ?? "";
    expectText(text);
    expectText(translated);
    expectFrench(translated);
    if (!SHARED.some((shared) => shared.test(path)) && /[a-z]{3}/.test(text)) expect(translated).not.toBe(text);
    const words = (sentence: string): string[] =>
      ["ONE", "TWO"].filter((word) => new RegExp(`\\b${word}\\b`).test(sentence));
    expect(words(translated), "the same facts").toEqual(words(text));
  });
});

describe("the language", () => {
  test.each<[string, string | undefined, NodeJS.ProcessEnv, string]>([
    ["--lang before all", "en", { LC_ALL: "fr_FR.UTF-8", LC_MESSAGES: "fr_FR", LANG: "fr_FR" }, "en"],
    ["LC_ALL", undefined, { LC_ALL: "fr_FR.UTF-8", LC_MESSAGES: "en_US", LANG: "en_US" }, "fr"],
    ["LC_MESSAGES", undefined, { LC_ALL: "", LC_MESSAGES: "fr_CA", LANG: "en_US" }, "fr"],
    ["LANG", undefined, { LANG: "fr_FR.UTF-8" }, "fr"],
    ["LC_ALL=C before LANG", undefined, { LC_ALL: "C.UTF-8", LANG: "fr_FR.UTF-8" }, "en"],
    ["English, without a locale", undefined, {}, "en"],
    ["English, in another locale", undefined, { LANG: "de_DE.UTF-8" }, "en"],
    ["--lang fr", "fr", { LANG: "en_US.UTF-8" }, "fr"],
  ])("is that of %s", (_, option, environment, language) => {
    expect(chooseLanguage(option, environment)).toBe(language);
  });
});
