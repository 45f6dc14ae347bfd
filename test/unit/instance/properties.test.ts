import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { describe as describeError, diagnosticLine } from "../../../src/cli/output.ts";
import { UserError } from "../../../src/errors/user-error.ts";
import type { Diagnostic } from "../../../src/instance/diagnostics.ts";
import { parseInstanceFile } from "../../../src/instance/document.ts";
import { type Instance, toInstance } from "../../../src/instance/instance.ts";
import { instancePaths } from "../../../src/instance/paths.ts";
import type { InstanceFile } from "../../../src/instance/schema.ts";
import { en } from "../../../src/messages/en.ts";
import { fr } from "../../../src/messages/fr.ts";
import { registryBases } from "../../../src/release/bases.ts";
import { releaseOf } from "../../../src/release/release.ts";
import type { ResolvedSource } from "../../../src/release/source.ts";
import type { StackInput } from "../../../src/stack/input.ts";
import { generateStack } from "../../../src/stack/stack.ts";
import { fixedInput, instanceOf } from "../support.ts";
import { GROUPS, LEAVES, mutatedTexts, textOf, validFiles, withValue } from "./arbitrary.ts";

vi.setConfig({ testTimeout: 60_000 });

const LANGUAGES = [en, fr];

/** Milliseconds for any file whatever: what takes longer, an operator takes for a hang. */
const PATIENCE = 20_000;

describe("any file that fits the schema", () => {
  test("means what it says, however it is written", () => {
    const written = validFiles.chain((file) => textOf(file).map((text) => ({ file, text })));
    fc.assert(
      fc.property(written, ({ file, text }) => {
        expect(parseInstanceFile(text, "f")).toEqual(file);
      }),
      { numRuns: 500 },
    );
  });

  test("gives generated files that differ from the profile's in values only", async () => {
    const plain = await fixedInput(instanceOf({ profile: "demo" }));
    fc.assert(
      fc.property(validFiles, (file) => {
        const instance = publishable(file);
        const files = generateStack(inputOf(instance, plain));
        const { settings } = instance;
        const { application, web, ...others } = plain.instance.settings;
        // What has services, mounts or lines of its own is compared with itself.
        const like = {
          ...others,
          ...(settings.mail && { mail: settings.mail }),
          ...(settings.ldap && { ldap: settings.ldap }),
          ...(settings.gmao && { gmao: settings.gmao }),
          ...(settings.mail_catcher && { mail_catcher: { port: 1 } }),
          ...(settings.application.reload && { source: settings.source }),
          ...(settings.database && { database: settings.database }),
          volumes: settings.volumes,
          media: settings.media,
          application: { ...application, ...shapingServices(instance) },
          web: { ...web, ...shapingOf(instance) },
        };
        const expected = generateStack({ ...plain, instance: { ...plain.instance, settings: like } });
        expect([...files.keys()]).toEqual([...expected.keys()]);
        for (const [path, text] of files) {
          if (path === "compose.yaml") expectCompose(text, expected.get(path) ?? "", instance);
          else if (path.endsWith(".json")) expectSettings(text, instance);
          else expect(withoutWords(text), path).toBe(withoutWords(expected.get(path) ?? ""));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("any file whatever", () => {
  test("is an instance, or all of its faults in the words of both languages", () => {
    fc.assert(
      fc.property(mutatedTexts, (text) => {
        const started = performance.now();
        const error = errorOf(text);
        expect(performance.now() - started).toBeLessThan(PATIENCE);
        if (error === undefined) return;
        expect(["INSTANCE_FILE_INVALID", "INSTANCE_FILE_NEWER"]).toContain(error.code);
        for (const messages of LANGUAGES) {
          const { what, next } = describeError(error, messages);
          expectReadable(what, text);
          expectReadable(next, text);
        }
        if (error.code === "INSTANCE_FILE_INVALID") expectPlaced(diagnosticsOf(error), text);
      }),
      { numRuns: 1500 },
    );
  });

  test("with several faults is told all of them, each where it stands", () => {
    const faults = fc.record({
      leaves: fc.uniqueArray(fc.constantFrom(...LEAVES), { minLength: 1 }),
      groups: fc.uniqueArray(fc.constantFrom(...GROUPS)),
    });
    fc.assert(
      fc.property(faults, ({ leaves, groups }) => {
        let file: object = { version: 1, profile: "demo" };
        for (const { path, wrong } of leaves) file = withValue(file, path, wrong);
        for (const path of groups) file = withValue(file, [...path, "unknown"], 1);
        const lines = stringify(file).split("\n");
        const found = diagnosticsOf(errorOf(lines.join("\n")));
        for (const { path, wrong } of leaves) {
          const fault = found.find(({ setting }) => setting === path.join("."));
          expect(fault, path.join(".")).toBeDefined();
          expect(lines[(fault?.line ?? 0) - 1]?.slice((fault?.column ?? 0) - 1)).toBe(String(wrong));
        }
        for (const path of groups) {
          const fault = found.find(({ setting }) => setting === [...path, "unknown"].join("."));
          expect(fault?.problem.kind, path.join(".")).toBe("unknownKey");
          expect(lines[(fault?.line ?? 0) - 1]?.slice((fault?.column ?? 0) - 1)).toBe("unknown: 1");
        }
      }),
      { numRuns: 300 },
    );
  });
});

function errorOf(text: string): UserError | undefined {
  try {
    parseInstanceFile(text, "f");
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function diagnosticsOf(error: UserError | undefined): Diagnostic[] {
  return (error as UserError<"INSTANCE_FILE_INVALID">).parameters.diagnostics;
}

function expectPlaced(diagnostics: Diagnostic[], text: string): void {
  expect(diagnostics.length).toBeGreaterThan(0);
  const lines = text.split("\n");
  for (const fault of diagnostics) {
    const line = lines[fault.line - 1];
    expect(line, `line ${fault.line} of ${lines.length}`).toBeDefined();
    expect(fault.column).toBeGreaterThanOrEqual(1);
    expect(fault.column).toBeLessThanOrEqual((line?.length ?? 0) + 1);
    for (const messages of LANGUAGES) expectReadable(diagnosticLine("f", fault, messages), text);
  }
}

/** One line of printable text in which no value of the program's own stands for a word. */
function expectReadable(said: string, file: string): void {
  expect(said).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  for (const word of ["undefined", "[object", "NaN"]) if (!file.includes(word)) expect(said).not.toContain(word);
  expect(said.length).toBeLessThan(2000);
}

/** What the file and the profile together rule out is refused by other rules than the schema's. */
function publishable(file: InstanceFile): Instance {
  const { debug = false, debug_toolbar = false, reload = false } = file.application ?? {};
  const folder = file.source?.path !== undefined && file.source.ref === undefined;
  const talks = [file.mail, file.database, file.ldap, file.gmao].some((group) => group !== undefined);
  const extras = [
    ...(file.application?.extras ?? []),
    ...(file.ldap ? ["ldap"] : []),
    ...(file.gmao ? ["oracle"] : []),
  ];
  const application = {
    ...file.application,
    debug,
    debug_toolbar: debug && debug_toolbar,
    reload: debug && reload && folder,
    ...(talks && { outgoing: true }),
    ...((file.ldap ?? file.gmao) && { extras }),
  };
  const { database: _, ...media } = file.volumes ?? {};
  const volumes = file.database === undefined ? file.volumes : media;
  const { tls, trusted_proxies: proxies = [], url, ...web } = file.web ?? {};
  const allowed = {
    ...web,
    publish_demo: true,
    ...(tls && { tls: { ...tls, ...(tls.redirect_port && { redirect_port: web.port === 80 ? 81 : 80 }) } }),
    trusted_proxies: proxies,
    ...((proxies.includes("host") || debug) && { address: "127.0.0.1" }),
    ...(!debug && url !== undefined && { url }),
  };
  const other = 65_535 - (file.mail_catcher?.port === 65_535 ? 1 : 0);
  const taken = file.mail_catcher !== undefined && [80, 81, 8080, 8443, web.port].includes(file.mail_catcher.port);
  const catcher = taken ? { mail_catcher: { port: other } } : {};
  const changed = { ...catcher, application, volumes, web: allowed };
  return toInstance("demo", instancePaths("/srv/biomaid", "demo"), { ...file, ...changed });
}

/** The settings of the application that add services, mounts or networks, or take them away. */
function shapingServices({ settings: { application } }: Instance): Partial<Instance["settings"]["application"]> {
  const { outgoing, jobs, reload, paths, attachment_roots } = application;
  return { outgoing, jobs, reload, paths, attachment_roots };
}

/** The settings of web that add to the files, or take from them; with words of their own where these make no difference. */
function shapingOf({ settings: { web } }: Instance): Partial<Instance["settings"]["web"]> {
  const { tls, url, trusted_proxies, documentation } = web;
  if (tls === undefined) return { trusted_proxies, documentation };
  const { redirect_port, hsts } = tls;
  const like = {
    certificate: "c",
    key: "k",
    ...(redirect_port !== undefined && { redirect_port: 1 }),
    ...(hsts !== undefined && { hsts: 1 }),
  };
  // One line for each host, and the port of the address.
  const { hosts, port } = web;
  return { trusted_proxies, documentation, hosts, port, tls: like, ...(url !== undefined && { url }) };
}

/** The images as `up` names them: after the ref, or the ready image, that the file asks for. */
function inputOf(instance: Instance, plain: StackInput): StackInput {
  const { source, application } = instance.settings;
  const resolved: ResolvedSource =
    source.image === undefined
      ? { kind: "git", git: source.git ?? "", ref: source.ref ?? "HEAD", commit: "0".repeat(40) }
      : { kind: "image", image: source.image, id: `sha256:${"0".repeat(64)}` };
  const recipes = { biomaid: "1", nginx: "2", postgres: "3", mail: "4" };
  return { ...plain, instance, release: releaseOf(resolved, application, registryBases(), recipes) };
}

function expectCompose(text: string, expected: string, instance: Instance): void {
  // Compose would replace what stands after it by the operator's environment.
  expect(text.replaceAll("$$", "")).not.toContain("$");
  const compose = parse(text) as Record<string, unknown>;
  expect(parse(text, { version: "1.1" })).toEqual(compose);
  expect(shapeOf(compose)).toEqual(shapeOf(parse(expected)));
  const { web, application } = instance.settings;
  const ports = [web.port, web.tls?.redirect_port].filter((port) => port !== undefined);
  expect(compose).toMatchObject({
    services: {
      web: { ports: ports.map((port) => ({ published: String(port), host_ip: web.address })) },
      app: {
        environment: { TZ: application.time_zone },
        image: expect.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/),
      },
    },
  });
}

function expectSettings(text: string, instance: Instance): void {
  const { web, application } = instance.settings;
  const { local } = application;
  expect(JSON.parse(text)).toMatchObject({
    allowed_hosts: expect.arrayContaining(web.hosts),
    local: typeof local === "string" && !local.includes("/") ? local : null,
    language: application.language,
    time_zone: application.time_zone,
    fixtures: application.fixtures,
    workers: application.workers === "auto" ? expect.any(Number) : application.workers,
    request_timeout: application.timeout,
    debug: application.debug,
    admins: application.admins.map(({ name, email }) => [name, email]),
    reload: application.reload,
    debug_toolbar: application.debug_toolbar,
    mail: expectedMail(instance),
    ldap: instance.settings.ldap ? { urls: instance.settings.ldap.urls, timeout: expect.any(Number) } : null,
    gmao: instance.settings.gmao ? { host: instance.settings.gmao.host, port: expect.any(Number) } : null,
    session_cookie_name: expect.stringMatching(/^\w+$/),
  });
}

function expectedMail({ settings: { mail, mail_catcher } }: Instance): unknown {
  if (mail_catcher !== undefined) return { host: "mail", security: "none", user: null };
  return mail === undefined ? null : { host: mail.host, sender: mail.from };
}

/** Numbers, names and paths may differ; the brackets, quotes, semicolons and line ends between them may not. */
function withoutWords(text: string): string {
  return text.replace(/[\w/+-]+/g, "w");
}

/** Which keys there are, and what kind of value each has. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
}
