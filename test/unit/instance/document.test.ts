import { describe, expect, test } from "vitest";
import { diagnosticLine } from "../../../src/cli/output.ts";
import type { UserError } from "../../../src/errors/user-error.ts";
import { parseInstanceFile } from "../../../src/instance/document.ts";
import { en } from "../../../src/messages/en.ts";
import { fr } from "../../../src/messages/fr.ts";
import { userErrorOf } from "../support.ts";

const HEAD = "version: 1\nprofile: demo\n";

/** Every fault of a file as the operator reads it. */
async function faultsOf(text: string, language: "en" | "fr" = "en"): Promise<string[]> {
  const error = (await userErrorOf(() => parseInstanceFile(text, "f"))) as UserError<"INSTANCE_FILE_INVALID">;
  expect(error.code).toBe("INSTANCE_FILE_INVALID");
  expect(error.exitStatus).toBe(2);
  return error.parameters.diagnostics.map((fault) => diagnosticLine("f", fault, { en, fr }[language]));
}

describe("a file that fits", () => {
  test("gives what it says and nothing of the profile", () => {
    const text = `${HEAD}source: {git: "git@example.org:biomaid.git", ref: v0.15}\nweb: {port: 80, hosts: [.example.org, "[::1]"]}\n`;
    expect(parseInstanceFile(text, "f")).toEqual({
      version: 1,
      profile: "demo",
      source: { git: "git@example.org:biomaid.git", ref: "v0.15" },
      web: { port: 80, hosts: [".example.org", "[::1]"] },
    });
  });

  test("may start with a byte order mark, end its lines as Windows does, and use anchors", () => {
    expect(parseInstanceFile(`\uFEFF${HEAD.replaceAll("\n", "\r\n")}`, "f")).toEqual({ version: 1, profile: "demo" });
    expect(parseInstanceFile(`version: &one 1\nprofile: ci\napplication: {workers: *one}\n`, "f")).toMatchObject({
      application: { workers: 1 },
    });
  });
});

describe("a file with one fault", () => {
  test.each([
    ["unknown key", `${HEAD}weeb: {}\n`, 'f:3:1: weeb is not a known setting; did you mean "web"?'],
    ["key in capitals", `${HEAD}WEB: {}\n`, 'f:3:1: WEB is not a known setting; did you mean "web"?'],
    ["unknown nested key", `${HEAD}web:\n  prot: 80\n`, 'f:4:3: web.prot is not a known setting; did you mean "port"?'],
    ["key like no other", `${HEAD}web: {zzzzzz: 1}\n`, "f:3:7: web.zzzzzz is not a known setting"],
    ["key without text", `${HEAD}"": 1\n`, 'f:3:1: "" is not a known setting'],
    ["key that colours", `${HEAD}"\\e[31m": 1\n`, 'f:3:1: "\\u001b[31m" is not a known setting'],
    ["merged key", `%YAML 1.1\n---\n${HEAD}<<: {bases: auto}\n`, "f:5:1: << is not a known setting"],
    ["set", `${HEAD}web: !!set {port}\n`, "f:3:13: web.port must be a number"],
    ["number as a key", `${HEAD}web: {}\n8080: 1\n`, "f:4:1: 8080 is not a known setting"],
    ["key of JavaScript's", `${HEAD}__proto__: {}\n`, "f:3:1: __proto__ is not a known setting"],
    ["text for a number", `${HEAD}web:\n  port: "80"\n`, "f:4:9: web.port must be a number"],
    ["fraction", `${HEAD}web: {port: 1.5}\n`, "f:3:13: web.port must be a whole number"],
    ["text for a list", `${HEAD}web: {hosts: localhost}\n`, "f:3:14: web.hosts must be a list"],
    ["text for a switch", `${HEAD}application: {debug: yes}\n`, "f:3:22: application.debug must be true or false"],
    ["number for text", `${HEAD}source: {git: 1}\n`, /^f:3:15: source\.git must be text/],
    ["number in a list", `${HEAD}application: {groups: [a, 2]}\n`, /^f:3:27: application\.groups\.1 must be text/],
    ["group for an address", `${HEAD}web: {address: {a: 1}}\n`, /^f:3:16: web\.address must be text/],
    ["value of two lines", `${HEAD}web: {hosts: ["a\\nb"]}\n`, /^f:3:15: web\.hosts\.0 has .*: "a\\nb"$/],
    [
      "path with a NUL",
      `${HEAD}source: {path: "a\\0"}\n`,
      'f:3:16: source.path has a value that is not allowed: "a\\u0000"',
    ],
    ["git host as option", `${HEAD}source: {git: "ssh://-x/y"}\n`, /^f:3:15: source\.git has .*: ssh:\/\/-x\/y$/],
    [
      "git user's host as option",
      `${HEAD}source: {git: "ssh://a@-x/y"}\n`,
      /^f:3:15: source\.git has .*: ssh:\/\/a@-x\/y$/,
    ],
    ["value for a group", `${HEAD}web: 80\n`, "f:3:6: web must be a group of settings"],
    ["group without content", `${HEAD}web:\n`, "f:3:5: web must be a group of settings"],
    ["list for the file", "- version\n", "f:1:1: must be a group of settings"],
    ["word for the file", "demo\n", "f:1:1: must be a group of settings"],
    ["no profile", "version: 1\n", "f:1:1: profile is required, but missing"],
    ["no version", "profile: demo\n", "f:1:1: version is required, but missing"],
    ["no version at all", "version: 1.5\nprofile: demo\n", "f:1:10: version must be 1"],
    ["older version", "version: 0\nprofile: demo\n", "f:1:10: version must be 1"],
    [
      "unknown profile",
      "version: 1\nprofile: demi\n",
      "f:2:10: profile must be one of: demo, production, development, ci",
    ],
    ["unknown bases", `${HEAD}bases: docker\n`, "f:3:8: bases must be one of: auto, registry, packages"],
    ["port 0", `${HEAD}web: {port: 0}\n`, "f:3:13: web.port is below the minimum of 1"],
    ["port 65536", `${HEAD}web: {port: 65536}\n`, "f:3:13: web.port is above the maximum of 65535"],
    ["no workers", `${HEAD}application: {workers: 0}\n`, "f:3:24: application.workers is below the minimum of 1"],
    ["no hosts", `${HEAD}web: {hosts: []}\n`, "f:3:14: web.hosts must not be empty"],
    ["empty path", `${HEAD}source: {path: ""}\n`, "f:3:16: source.path must not be empty"],
    ["host with a space", `${HEAD}web: {hosts: ["a b"]}\n`, "f:3:15: web.hosts.0 has a value that is not allowed: a b"],
    ["host *", `${HEAD}web: {hosts: ["*"]}\n`, "f:3:15: web.hosts.0 has a value that is not allowed: *"],
    ["host -x", `${HEAD}web: {hosts: [-x]}\n`, "f:3:15: web.hosts.0 has a value that is not allowed: -x"],
    ["ref as option", `${HEAD}source: {git: "https://h/x", ref: --x}\n`, /^f:3:35: source\.ref has .*: --x$/],
    ["ref with ..", `${HEAD}source: {git: "https://h/x", ref: a..b}\n`, /^f:3:35: source\.ref has .*: a\.\.b$/],
    ["ref as program", `${HEAD}source: {git: "https://h/x", ref: $(id)}\n`, /^f:3:35: source\.ref has .*: \$\(id\)$/],
    ["git option", `${HEAD}source: {git: --upload-pack=x}\n`, /^f:3:15: source\.git has .*: --upload-pack=x$/],
    ["git host option", `${HEAD}source: {git: "-x@h:p"}\n`, /^f:3:15: source\.git has .*: -x@h:p$/],
    ["git helper", `${HEAD}source: {git: "ext::sh -c id"}\n`, /^f:3:15: source\.git has .*: ext::sh -c id$/],
    ["git without scheme", `${HEAD}source: {git: example.org/x}\n`, /^f:3:15: source\.git has a value/],
    ["image as option", `${HEAD}source: {image: -v}\n`, "f:3:17: source.image has a value that is not allowed: -v"],
    ["image with a way out", `${HEAD}source: {image: a/../b}\n`, /^f:3:17: source\.image has .*: a\/\.\.\/b$/],
    [
      "database on the container itself",
      `${HEAD}database: {host: localhost, password_file: p}\n`,
      /^f:3:18: database\.host is the container's own address/,
    ],
    ["database at 127.0.0.1", `${HEAD}database: {host: 127.0.0.1, password_file: p}\n`, /host\.docker\.internal/],
    ["database without password", `${HEAD}database: {host: db}\n`, /^f:3:1: database\.password_file /],
    [
      "authority that is not asked",
      `${HEAD}database: {host: db, password_file: p, tls: require, ca_file: c}\n`,
      /^f:3:63: database\.ca_file has no use/,
    ],
    ["folder that is relative", `${HEAD}volumes: {media: data}\n`, /^f:3:18: volumes\.media /],
    [
      "folder in the other",
      `${HEAD}volumes: {media: /d, database: /d/e}\n`,
      /^f:3:10: volumes must not be one in the other/,
    ],
    ["address of 3 numbers", `${HEAD}web: {address: 1.2.3}\n`, /^f:3:16: web\.address has .*: 1\.2\.3$/],
    ["address 256", `${HEAD}web: {address: 1.2.3.256}\n`, /^f:3:16: web\.address has .*: 1\.2\.3\.256$/],
    ["name for address", `${HEAD}web: {address: localhost}\n`, /^f:3:16: web\.address has .*: localhost$/],
    [
      "address for folder",
      `${HEAD}application: {local: "https://me:secret@h/x"}\n`,
      "f:3:22: application.local is the address of a git repository, and not a folder: write {git: …} for that",
    ],
    ["folder of two words", `${HEAD}application: {local: a b}\n`, /^f:3:22: application\.local has .*: a b$/],
    ["the root as folder", `${HEAD}application: {local: //}\n`, /^f:3:22: application\.local has .*: \/\/$/],
    ["number for local", `${HEAD}application: {local: 5}\n`, /^f:3:22: application\.local must be text/],
    [
      "mistyped key of local",
      `${HEAD}application: {local: {git: "https://h/x", rf: x}}\n`,
      'f:3:43: application.local.rf is not a known setting; did you mean "ref"?',
    ],
    [
      "local without git",
      `${HEAD}application: {local: {ref: x}}\n`,
      "f:3:15: application.local.git is required, but missing",
    ],
    [
      "client without oracle",
      `${HEAD}application: {oracle_client: x.zip, extras: [ldap]}\n`,
      "f:3:30: application.oracle_client is of no use without oracle in application.extras",
    ],
    ["fixture as path", `${HEAD}application: {fixtures: [/etc/x]}\n`, /^f:3:26: application\.fixtures\.0 has/],
    [
      "two sources",
      `${HEAD}source: {git: "https://h/x", sample: true}\n`,
      /^f:3:9: source must have exactly one of git/,
    ],
    ["no source", `${HEAD}source: {}\n`, /^f:3:9: source must have exactly one of git/],
    ["sample: false", `${HEAD}source: {sample: false}\n`, "f:3:18: source.sample must be true"],
    [
      "ref of sample",
      `${HEAD}source: {sample: true, ref: x}\n`,
      "f:3:29: source.ref can only be used with git or path",
    ],
    [
      "mails both sent and caught",
      `${HEAD}mail: {host: h, from: a@b}\nmail_catcher: {port: 8025}\n`,
      /^f:4:15: mail_catcher cannot be there together with mail/,
    ],
    ["ref of image", `${HEAD}source: {image: a, ref: x}\n`, "f:3:25: source.ref can only be used with git or path"],
  ])("%s", async (_, text, line) => {
    const [first, ...others] = await faultsOf(text);
    expect(first).toEqual(typeof line === "string" ? line : expect.stringMatching(line));
    expect(others).toEqual([]);
  });
});

describe("a file that is not YAML", () => {
  test.each([
    [
      "tab",
      "version: 1\nweb:\n\tport: 80\n",
      "f:3:1: YAML syntax error: indentation must be made of spaces, not of tabs",
    ],
    ["open quote", 'version: 1\nprofile: "demo\n', /^f:3:1: YAML syntax error: a character is missing: a quote/],
    ["open list", "version: [1\n", /^f:2:1: YAML syntax error: /],
    ["key twice", `${HEAD}version: 1\n`, "f:3:1: YAML syntax error: this setting is there twice"],
    [
      "nested key twice",
      `${HEAD}web:\n  port: 80\n  port: 81\n`,
      "f:5:3: YAML syntax error: this setting is there twice",
    ],
    ["two settings on a line", "version: 1 profile: demo\n", /^f:1:\d+: YAML syntax error: /],
    ["two documents", `${HEAD}---\n${HEAD}`, /^f:3:1: YAML syntax error: the file must hold one YAML document only/],
    ["alias of nothing", "version: *one\nprofile: demo\n", /^f:1:10: YAML syntax error: an alias/],
    ["star without quotes", `${HEAD}web: {hosts: [*]}\n`, /^f:3:\d+: YAML syntax error: /],
  ])("%s", async (_, text, line) => {
    const faults = await faultsOf(text);
    expect(faults[0]).toEqual(typeof line === "string" ? line : expect.stringMatching(line));
    expect(faults.join("\n"), "a code of the parser is no sentence").not.toMatch(/error: [A-Z_]+$/m);
  });
});

describe("a file that would take for ever", () => {
  const TOO_MUCH = "YAML syntax error: more nesting or more aliases (*) than a file of settings has";
  const BOMB = "abcdefgh".split("").map((name, index, all) => {
    return `${name}: &${name} [${`${index === 0 ? "x" : `*${all[index - 1]}`}, `.repeat(20)}]\n`;
  });
  test.each([
    ["aliases of aliases", `${HEAD}${BOMB.join("")}`, expect.stringMatching(/^f:\d+:\d+: YAML syntax error: more/)],
    ["many aliases", `${HEAD}bases: &a x\nweb: [${"*a,".repeat(20_000)}]\n`, `f:4:307: ${TOO_MUCH}`],
    ["open brackets", `${HEAD}web: ${"[".repeat(60_000)}`, expect.stringMatching(/^f:3:\d+: YAML syntax error: more/)],
    ["lists in lists", `${"- ".repeat(9000)}x\n`, expect.stringMatching(/^f:1:\d+: YAML syntax error: more/)],
    [
      "thousands of keys",
      Array.from({ length: 20_000 }, (_, key) => `k${key}: 1\n`).join(""),
      "f:1:1: is longer than 65536 characters",
    ],
  ])("%s", async (_, text, line) => {
    expect(await faultsOf(text)).toEqual([line]);
  });
});

describe("a file without content", () => {
  test.each([
    ["empty", ""],
    ["of comments", "# nothing\n"],
    ["null", "~\n"],
  ])("%s", async (_, text) => {
    expect(await faultsOf(text)).toEqual([
      "f:1:1: version is required, but missing",
      "f:1:1: profile is required, but missing",
    ]);
  });
});

const ALL_AT_ONCE = `profil: demo
version: 1
source:
  git: https://example.org/biomaid.git
  path: /srv/code
application:
  workers: 100
  langage: fr
web:
  port: "80"
  hosts: [a b]
`;

describe("a file with many faults", () => {
  test("tells all of them at once, in the order of the file", async () => {
    expect(await faultsOf(ALL_AT_ONCE)).toEqual([
      "f:1:1: profile is required, but missing",
      'f:1:1: profil is not a known setting; did you mean "profile"?',
      "f:4:3: source must have exactly one of git, path, image, sample",
      "f:7:12: application.workers is above the maximum of 64",
      'f:8:3: application.langage is not a known setting; did you mean "language"?',
      "f:10:9: web.port must be a number",
      "f:11:11: web.hosts.0 has a value that is not allowed: a b",
    ]);
  });

  test("tells what is unknown and what does not go together", async () => {
    expect(await faultsOf(`${HEAD}source: {git: "https://h/x", sample: true, bogus: 1}\n`)).toEqual([
      "f:3:9: source must have exactly one of git, path, image, sample",
      "f:3:44: source.bogus is not a known setting",
    ]);
  });

  test("tells where an alias stands, and where what it means does", async () => {
    expect(await faultsOf(`${HEAD}bases: &a x\nweb: {port: *a}\n`)).toEqual([
      "f:3:11: bases must be one of: auto, registry, packages",
      "f:4:13: web.port must be a number",
    ]);
  });

  test("in French as well", async () => {
    expect(await faultsOf(ALL_AT_ONCE, "fr")).toEqual([
      "f:1:1: profile est obligatoire, mais absent",
      "f:1:1: profil n’est pas un paramètre connu\u202f; vouliez-vous écrire «\u202fprofile\u202f»\u202f?",
      "f:4:3: source doit contenir un et un seul de ces paramètres\u00a0: git, path, image, sample",
      "f:7:12: application.workers est au-dessus du maximum de 64",
      "f:8:3: application.langage n’est pas un paramètre connu\u202f; vouliez-vous écrire «\u202flanguage\u202f»\u202f?",
      "f:10:9: web.port doit être un nombre",
      "f:11:11: web.hosts.0 a une valeur qui n’est pas admise\u00a0: a b",
    ]);
  });
});

test("a file of a newer version is refused as such, whatever else is in it", async () => {
  const error = await userErrorOf(() => parseInstanceFile("version: 2\nnew_thing: 1\n", "f"));
  expect([error.code, error.exitStatus]).toEqual(["INSTANCE_FILE_NEWER", 2]);
  expect(error.parameters).toEqual({ path: "f", version: 2, supported: 1 });
});
