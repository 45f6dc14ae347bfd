import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { GeneratedFiles } from "../../../src/files/generated.ts";
import { PROFILE_NAMES } from "../../../src/instance/names.ts";
import type { InstanceFile } from "../../../src/instance/schema.ts";
import type { ComposeFile, Service } from "../../../src/stack/compose-file.ts";
import { databaseCheckFile } from "../../../src/stack/database-check.ts";
import { LABELS, type StackInput, servicesOf } from "../../../src/stack/input.ts";
import { selinuxLevel } from "../../../src/stack/selinux.ts";
import { appDigest, generateStack, ownMounts } from "../../../src/stack/stack.ts";
import { fixedInput, instanceOf } from "../support.ts";

const BASE = await fixedInput(instanceOf({ profile: "demo" }));
const OTHER_FILES = { certificate: "/etc/ssl/other.pem", key: "/etc/ssl/other.key" };
const TLS = { certificate: "certificate.pem", key: "key.pem" };
const HOST_FOLDERS = { gmao: "/srv/gmao exports", docs: "/srv/docs" };
const SERVICES = ["db", "init", "app", "web", "cron"];

function withSettings(file: Omit<InstanceFile, "version" | "profile">): StackInput {
  const web = { ...file.web, publish_demo: true };
  return { ...BASE, instance: instanceOf({ profile: "demo", ...file, web }) };
}

const stacks = new WeakMap<StackInput, { files: GeneratedFiles; compose: ComposeFile }>();

/** The stack of an input; generated once, because most tests look at the same few. */
function stackOf(input: StackInput): { files: GeneratedFiles; compose: ComposeFile } {
  const known = stacks.get(input);
  if (known !== undefined) return known;
  const files = generateStack(input);
  const stack = { files, compose: parse(files.get("compose.yaml") ?? "") as ComposeFile };
  stacks.set(input, stack);
  return stack;
}

function composeOf(input: StackInput): ComposeFile {
  return stackOf(input).compose;
}

function settingsOf(input: StackInput): Record<string, unknown> {
  return JSON.parse(generateStack(input).get("stack/app/settings.json") ?? "") as Record<string, unknown>;
}

function serviceOf(input: StackInput, name: string): Service {
  const service = composeOf(input).services[name];
  if (service === undefined) return expect.unreachable(`no service ${name}`);
  return service;
}

/** Every stack that is told apart by more than a value: profiles, own folders, outgoing connections, IPv6. */
const STACKS: [string, StackInput][] = [
  ...(await Promise.all(
    PROFILE_NAMES.map(
      async (profile): Promise<[string, StackInput]> => [profile, await fixedInput(instanceOf({ profile }))],
    ),
  )),
  [
    "own folders",
    {
      ...withSettings({ application: { local: "./local" } }),
      folders: { local: { source: "./local", digest: "1" }, settings: "2" },
    },
  ],
  ["HTTPS", withSettings({ web: { tls: TLS } })],
  ["documentation", withSettings({ web: { documentation: true } })],
  [
    "HTTPS with all that belongs to it, behind proxies",
    withSettings({ web: { tls: { ...TLS, redirect_port: 80, hsts: 1 }, trusted_proxies: ["2001:db8::/32", "host"] } }),
  ],
  ["a mounted source", await fixedInput(instanceOf({ profile: "development", source: { path: "/home/me/biomaid" } }))],
  [
    "folders of the host",
    withSettings({
      application: { paths: { gmao: HOST_FOLDERS.gmao }, attachment_roots: { docs: HOST_FOLDERS.docs } },
    }),
  ],
  ["outgoing and IPv6", withSettings({ application: { outgoing: true }, web: { address: "::1" } })],
];

describe.each(STACKS)("the stack of %s", (_, input) => {
  const compose = composeOf(input);
  const { application, source, mail_catcher } = input.instance.settings;
  const services = [
    "db",
    "init",
    "app",
    "web",
    ...(application.jobs ? ["cron"] : []),
    ...(mail_catcher === undefined ? [] : ["mail"]),
  ];

  test("has the services that its settings ask for", () => {
    expect(Object.keys(compose.services)).toEqual(services);
    expect(servicesOf(input.instance)).toEqual(services);
  });

  test.each(services)("gives %s no privilege, limits, and logs that are rotated", (name) => {
    const service = serviceOf(input, name);
    expect(service).toMatchObject({
      init: true,
      pull_policy: "never",
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true", selinuxLevel(input.uuid)],
      mem_limit: expect.stringMatching(/^[1-9]\d*[mg]$/),
      logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
    });
    expect(service.pids_limit).toBeGreaterThan(0);
    expect(service.user, "numbers, neither of them root").toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(Object.keys(service)).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^(privileged|cap_add|network_mode|pid|ipc|devices|env_file|build)$/),
      ]),
    );
  });

  test.each(services)("mounts for %s only what is generated, read-only, and volumes", (name) => {
    const allowed = ["./stack/app", "./stack/web", "./local", "./settings.d"];
    // The key is for web alone.
    if (name === "web") allowed.push("./secrets/tls", "./documentation");
    if (["init", "app", "cron"].includes(name)) allowed.push(...Object.values(HOST_FOLDERS));
    // The source is for those that run it.
    if (application.reload && name !== "db" && name !== "mail" && name !== "web") allowed.push(source.path ?? "");
    for (const mount of serviceOf(input, name).volumes ?? []) {
      if (mount.type === "bind") {
        expect(allowed).toContain(mount.source);
        expect(mount.read_only).toBe(true);
      } else expect(Object.keys(compose.volumes)).toContain(mount.source);
    }
  });

  test("names what is mounted of the instance's folder: narrow parts of it, each with all that a label needs", () => {
    const mounts = ownMounts(input);
    expect(mounts).toEqual(expect.arrayContaining(["stack/app", "stack/web", "secrets/secret_key"]));
    for (const service of Object.values(compose.services)) {
      // One with an absolute path is the operator's own.
      for (const { type, source } of service.volumes ?? [])
        if (type === "bind" && source.startsWith(".")) expect(mounts).toContain(source.replace("./", ""));
      for (const secret of service.secrets ?? [])
        expect(mounts).toContain(compose.secrets[secret]?.file.replace("./", ""));
    }
    for (const mount of mounts) expect(mount).toMatch(/^(stack|secrets)\/[a-z_]+$|^(local|settings\.d|documentation)$/);
  });

  test.each(services)("gives %s secrets as files only", (name) => {
    const { environment = {}, labels, secrets = [] } = serviceOf(input, name);
    const known = [
      "TZ",
      "DJANGO_LOG_LEVEL",
      "BIOMAID_GENERATION",
      "POSTGRES_DB",
      "POSTGRES_USER",
      "POSTGRES_PASSWORD_FILE",
    ];
    expect(Object.keys(environment).filter((key) => !known.includes(key))).toEqual([]);
    expect(Object.keys(labels).sort()).toEqual(Object.values(LABELS).sort());
    expect(secrets.filter((secret) => !(secret in compose.secrets))).toEqual([]);
    expect(secrets.length > 0).toBe(name !== "web" && name !== "mail");
  });

  test("starts again what is to run, and init never", () => {
    const policies = Object.entries(compose.services).map(([name, { restart }]) => [name, restart]);
    const expected = services.map((name) => [name, name === "init" ? "no" : "unless-stopped"]);
    expect(policies).toEqual(expected);
  });

  test("knows of every service that runs whether it is well", () => {
    const checked = services.filter((name) => serviceOf(input, name).healthcheck !== undefined);
    expect(checked).toEqual(services.filter((name) => name !== "init"));
  });

  test("publishes ports of web, on the address of the settings, and that of the mails on loopback", () => {
    const { address, port, tls } = input.instance.settings.web;
    const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
      ports.map((each) => [name, each]),
    );
    const expected = (target: number, from: number): unknown => [
      "web",
      { target, published: String(from), host_ip: address, protocol: "tcp" },
    ];
    const redirect = tls?.redirect_port === undefined ? [] : [expected(8080, tls.redirect_port)];
    const page = { target: 8025, published: String(mail_catcher?.port), host_ip: "127.0.0.1", protocol: "tcp" };
    const mails = mail_catcher === undefined ? [] : [["mail", page]];
    expect(published).toEqual([expected(tls === undefined ? 8080 : 8443, port), ...redirect, ...mails]);
  });

  test("keeps the database from web and from the outside", () => {
    const networks = Object.fromEntries(services.map((name) => [name, serviceOf(input, name).networks]));
    expect(compose.networks["database"]?.internal).toBe(true);
    expect(networks).toMatchObject({ db: ["database"], init: ["database"], web: ["web"] });
    const sending = [
      "database",
      ...(application.outgoing ? ["outgoing"] : []),
      ...(mail_catcher === undefined ? [] : ["mail"]),
    ];
    expect([networks["app"], networks["cron"] ?? sending]).toEqual([sending, sending]);
    // The mails are read through web's network, which leads nowhere else, and taken on one that has no way out.
    if (mail_catcher !== undefined) {
      expect(networks["mail"]).toEqual(["mail", "web"]);
      expect(compose.networks["mail"]?.internal).toBe(true);
    }
  });

  test("declares every network and volume that is used, and no other", () => {
    const services = Object.values(compose.services);
    const networks = new Set(services.flatMap((service) => service.networks));
    const volumes = new Set(
      services.flatMap(({ volumes = [] }) =>
        volumes.filter(({ type }) => type === "volume").map(({ source }) => source),
      ),
    );
    expect(new Set(Object.keys(compose.networks))).toEqual(networks);
    expect(new Set(Object.keys(compose.volumes))).toEqual(volumes);
  });

  test("marks everything as the instance's own", () => {
    const { services, networks, volumes } = compose;
    for (const { labels } of [services, networks, volumes].flatMap((part) => Object.values<Service>(part as never))) {
      expect(labels).toMatchObject({ [LABELS.instance]: input.instance.name, [LABELS.uuid]: input.uuid });
    }
  });

  test("is the same, byte for byte, each time", () => {
    expect([...generateStack(structuredClone(input))]).toEqual([...generateStack(input)]);
  });

  test("leaves nothing for Compose to fill in", () => {
    expect(generateStack(input).get("compose.yaml")).not.toContain("$");
  });

  test("is complete: no template is left with something unknown", () => {
    for (const text of generateStack(input).values()) expect(text).not.toMatch(/undefined|\[object|NaN|<%/);
  });
});

/** The generated files that a service mounts. */
function mountedOf(input: StackInput, name: string): string {
  const folders = (serviceOf(input, name).volumes ?? [])
    .filter(({ type }) => type === "bind")
    .map(({ source }) => `${source.replace("./", "")}/`);
  return JSON.stringify(
    [...stackOf(input).files].filter(([path]) => folders.some((folder) => path.startsWith(folder))),
  );
}

test("a mounted source is the application's alone, which makes its own place for it, and its static files come from it", () => {
  const input = STACKS.find(([name]) => name === "a mounted source")?.[1] as StackInput;
  const mounting = Object.entries(composeOf(input).services).filter(([, { volumes = [] }]) =>
    volumes.some(({ source }) => source === "/home/me/biomaid"),
  );
  expect(mounting.map(([name]) => name)).toEqual(["init", "app"]);
  for (const [, { tmpfs = [], volumes = [] }] of mounting) {
    expect(tmpfs.join()).toContain("/srv/biomaid/source:");
    expect(volumes).toContainEqual(expect.objectContaining({ target: "/srv/biomaid/tree", read_only: true }));
  }
  expect(stackOf(input).files.get("stack/web/nginx.conf")).not.toContain("location /static/");
  expect(settingsOf(input)).toMatchObject({ reload: true, debug: true, debug_toolbar: true });
});

describe("the label of a service's inputs changes when, and only when, what it mounts does", () => {
  const OWN = {
    ...withSettings({ application: { local: "./local" } }),
    folders: { local: { source: "./local", digest: "1" }, settings: "2" },
  };
  const templates = new Map([...BASE.templates, ["waiting.html.ejs", "<p>another page"]]);
  test.each<[string, StackInput, StackInput, string[]]>([
    ["nothing", BASE, structuredClone(BASE), []],
    ["workers", BASE, withSettings({ application: { workers: 3 } }), ["init", "app", "cron"]],
    ["fixtures", BASE, withSettings({ application: { fixtures: [] } }), ["init", "app", "cron"]],
    ["hosts", BASE, withSettings({ web: { hosts: ["a.example.org"] } }), ["init", "app", "cron"]],
    ["the upload limit", BASE, withSettings({ web: { upload_limit: 7 } }), ["web"]],
    ["the timeout", BASE, withSettings({ application: { timeout: 60 } }), ["init", "app", "web", "cron"]],
    ["the address", BASE, withSettings({ web: { address: "::1" } }), []],
    ["the bases", BASE, withSettings({ bases: "packages" }), []],
    ["HTTPS", BASE, withSettings({ web: { tls: TLS } }), ["init", "app", "web", "cron"]],
    ["other files for HTTPS", withSettings({ web: { tls: TLS } }), withSettings({ web: { tls: OTHER_FILES } }), []],
    ["who may have files", BASE, withSettings({ media: { access: "public" } }), ["init", "app", "web", "cron"]],
    [
      "attachments",
      BASE,
      withSettings({ application: { attachment_roots: { docs: "/srv/docs" } } }),
      ["init", "app", "web", "cron"],
    ],
    ["documentation", BASE, withSettings({ web: { documentation: true } }), ["web"]],
    ["a proxy", BASE, withSettings({ web: { trusted_proxies: ["192.0.2.1"] } }), ["web"]],
    ["the address of a proxy", BASE, withSettings({ web: { url: "https://a.example.org" } }), ["init", "app", "cron"]],
    ["a page", BASE, { ...BASE, templates }, ["web"]],
    ["the release", BASE, { ...BASE, release: { ...BASE.release, key: "1" } }, ["init", "app", "cron"]],
    ["the generation", BASE, { ...BASE, generation: 2 }, []],
    ["the identity", BASE, { ...BASE, uuid: "1" }, ["init", "app", "cron"]],
    [
      "a file of the operator's local folder",
      OWN,
      { ...OWN, folders: { ...OWN.folders, local: { source: "./local", digest: "x" } } },
      ["init", "app", "cron"],
    ],
    ["a file of settings.d", OWN, { ...OWN, folders: { ...OWN.folders, settings: "x" } }, ["init", "app", "cron"]],
  ])("with %s", (_, before, after, changed) => {
    const label = (input: StackInput, name: string): string | undefined => serviceOf(input, name).labels[LABELS.inputs];
    expect(SERVICES.filter((name) => label(before, name) !== label(after, name))).toEqual(changed);
    expect(SERVICES.filter((name) => mountedOf(before, name) !== mountedOf(after, name))).toEqual(changed);
  });
});

test("a documentation folder that was made anew makes web anew, which has the former one mounted", () => {
  const served = { ...withSettings({ web: { documentation: true } }), documentation: "1" };
  const label = (input: StackInput, name: string): string | undefined => serviceOf(input, name).labels[LABELS.inputs];
  const anew = { ...served, documentation: "2" };
  expect(SERVICES.filter((name) => label(served, name) !== label(anew, name))).toEqual(["web"]);
});

describe("what the app service is made of", () => {
  test.each<[string, StackInput]>([
    ["its generation", { ...BASE, generation: 7 }],
    ["the web port", withSettings({ web: { address: "127.0.0.2" } })],
    ["the upload limit", withSettings({ web: { upload_limit: 7 } })],
    [
      "the images of the others",
      { ...BASE, release: { ...BASE.release, images: { ...BASE.release.images, web: "w", db: "d" } } },
    ],
  ])("is the same with another value of %s", (_, input) => {
    expect(appDigest(input)).toBe(appDigest(BASE));
  });

  test.each<[string, StackInput]>([
    ["its image", { ...BASE, release: { ...BASE.release, images: { ...BASE.release.images, app: "a" } } }],
    ["workers", withSettings({ application: { workers: 3 } })],
    ["outgoing connections", withSettings({ application: { outgoing: true } })],
    ["the time zone", withSettings({ application: { time_zone: "UTC" } })],
    ["settings.d", { ...BASE, folders: { local: undefined, settings: "1" } }],
  ])("is another with another value of %s", (_, input) => {
    expect(appDigest(input)).not.toBe(appDigest(BASE));
  });

  test("has its generation in the environment, for the newer to take the socket over from the older", () => {
    expect(serviceOf({ ...BASE, generation: 7 }, "app").environment?.["BIOMAID_GENERATION"]).toBe("7");
  });
});

test("the local folder is mounted from where it is, whatever its path has in it", () => {
  const folders = { local: { source: "/srv/a $site: x", digest: "1" }, settings: undefined };
  for (const service of ["init", "app", "cron"] as const) {
    // Compose takes two dollar signs for one, and one for a variable.
    const mount = { type: "bind", source: "/srv/a $$site: x", target: "/etc/biomaid/local", read_only: true };
    expect(serviceOf({ ...BASE, folders }, service).volumes).toContainEqual(expect.objectContaining(mount));
  }
});

describe("the application's settings", () => {
  test("name the operator's folder by its place, and the source's by its name", () => {
    expect(settingsOf(BASE)["local"]).toBe("local_biomaid");
    expect(settingsOf(withSettings({ application: { local: "./local" } }))["local"]).toBeNull();
  });

  test.each<[string, InstanceFile["web"], string]>([
    ["the first host and the port", { hosts: ["a.example.org", "b"], port: 8081 }, "http://a.example.org:8081"],
    ["no port 80", { hosts: ["a.example.org"], port: 80 }, "http://a.example.org"],
    ["https", { hosts: ["a.example.org"], tls: TLS }, "https://a.example.org:8443"],
    ["no port 443", { hosts: ["a.example.org"], tls: TLS, port: 443 }, "https://a.example.org"],
    ["the proxy's address", { url: "https://b.example.org/" }, "https://b.example.org"],
    ["no leading dot", { hosts: [".example.org"], port: 80 }, "http://example.org"],
  ])("have an address with %s", (_, web, address) => {
    expect(settingsOf(withSettings({ web }))["default_domain"]).toBe(address);
  });

  test.each<[string, InstanceFile["web"], boolean]>([
    ["not be sent by HTTP where people use HTTPS", { tls: TLS }, true],
    ["not be sent by HTTP where a proxy has the HTTPS", { url: "https://b.example.org" }, true],
    ["be sent by HTTP where there is nothing else", { url: "http://b.example.org" }, false],
  ])("have cookies %s", (_, web, secure) => {
    expect(settingsOf(withSettings({ web }))["secure_cookies"]).toBe(secure);
  });

  test("let the address of a proxy be called, and its forms be sent", () => {
    const settings = settingsOf(withSettings({ web: { hosts: ["a"], url: "https://B.example.org:8443" } }));
    expect(settings).toMatchObject({
      allowed_hosts: ["a", "b.example.org"],
      trusted_origins: ["https://b.example.org:8443"],
    });
  });

  test("have a session cookie of the instance's own", () => {
    const named = (name: string): StackInput => ({ ...BASE, instance: { ...BASE.instance, name } });
    expect(settingsOf(named("demo"))["session_cookie_name"]).toBe("sessionid_demo");
    expect(settingsOf(named("test-2"))["session_cookie_name"]).toBe("sessionid_test_2");
  });
});

describe("folders of the host", () => {
  const input = withSettings({
    application: { paths: { gmao: "/srv/$gmao exports" }, attachment_roots: { docs: "/srv/docs", "a-b": "/srv/é\"'" } },
  });
  const mountsOf = (name: string): unknown[] =>
    (serviceOf(input, name).volumes ?? [])
      .filter(({ source }) => source.startsWith("/"))
      .map(({ source, target }) => [source, target]);

  test("are mounted by their names, into the application's containers only", () => {
    const expected = [
      // Compose makes one `$` of two.
      ["/srv/$$gmao exports", "/srv/biomaid/imports/gmao"],
      ["/srv/docs", "/srv/biomaid/attachments/docs"],
      ["/srv/é\"'", "/srv/biomaid/attachments/a-b"],
    ];
    for (const name of ["init", "app", "cron"]) expect(mountsOf(name), name).toEqual(expected);
    for (const name of ["db", "web"]) expect(mountsOf(name), name).toEqual([]);
  });

  test("are in BiomAid's configuration as the containers see them", () => {
    expect(stackOf(input).files.get("stack/app/instance_config.toml")).toBe(
      '[paths]\ngmao = "/srv/biomaid/imports/gmao/"\n\n[attachment_roots]\ndocs = "/srv/biomaid/attachments/docs"\na-b = "/srv/biomaid/attachments/a-b"\n',
    );
    expect([...stackOf(BASE).files.keys()]).not.toContain("stack/app/instance_config.toml");
  });

  test("do not make init run again", () => {
    expect(settingsOf(input)["inputs"]).toBe(settingsOf(BASE)["inputs"]);
  });
});

test("the volumes carry the project's name, and the database's its major version", () => {
  const names = Object.values(composeOf(BASE).volumes).map(({ name }) => name);
  expect(names.every((name) => name.startsWith("biomaid-demo_"))).toBe(true);
  expect(new Set(names).size).toBe(names.length);
  expect(composeOf(BASE).volumes["database"]?.name).toBe("biomaid-demo_postgresql-14");
});

test("a template that is not there is a bug, and said so", () => {
  expect(() => generateStack({ ...BASE, templates: new Map() })).toThrow("no template page.css");
});

describe("with the database on a server of the operator's", () => {
  const database = { host: "db.example.org", password_file: "postgresql" };
  const EXTERNAL = withSettings({ application: { outgoing: true }, database });

  test("there is no service, network nor volume of the database", () => {
    const { services, networks, volumes } = composeOf(EXTERNAL);
    expect(Object.keys(services)).toEqual(["init", "app", "web", "cron", "psql"]);
    expect(Object.keys(networks)).toEqual(["web", "outgoing"]);
    expect(Object.keys(volumes)).not.toContain("database");
    for (const name of ["init", "app", "cron", "psql"]) {
      expect(serviceOf(EXTERNAL, name).networks).toEqual(["outgoing"]);
      expect(serviceOf(EXTERNAL, name).secrets).toEqual(expect.arrayContaining(["database_password"]));
    }
    expect(serviceOf(EXTERNAL, "init").depends_on).toBeUndefined();
    expect(serviceOf(EXTERNAL, "psql").profiles).toEqual(["psql"]);
  });

  test("its password is the operator's file, and its certificate is checked", () => {
    expect(composeOf(EXTERNAL).secrets["database_password"]).toEqual({ file: "./secrets/postgresql" });
    expect(settingsOf(EXTERNAL)["database"]).toEqual({
      ...{ host: "db.example.org", port: 5432, name: "biomaid", user: "biomaid" },
      ...{ tls: "verify-full", own_authorities: false },
    });
    expect(serviceOf(EXTERNAL, "psql").environment).toMatchObject({
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: "/etc/ssl/certs/ca-certificates.crt",
    });
    const own = { ...EXTERNAL, database: { authorities: "PEM" } };
    expect(generateStack(own).get("stack/app/database-authorities.pem")).toBe("PEM");
    expect(serviceOf(own, "psql").environment?.["PGSSLROOTCERT"]).toBe("/etc/biomaid/stack/database-authorities.pem");
  });

  test("this machine is known by name where it is asked for, and only there", () => {
    const host = "host.docker.internal";
    const here = withSettings({ application: { outgoing: true }, database: { ...database, host } });
    for (const name of ["init", "app", "cron", "psql"]) {
      expect(serviceOf(here, name).extra_hosts).toEqual([`${host}:host-gateway`]);
      expect(serviceOf(EXTERNAL, name).extra_hosts).toBeUndefined();
    }
  });

  test.each<[string, Omit<InstanceFile, "version" | "profile">]>([
    ["mail", { mail: { host: "host.docker.internal", from: "a@b.example" } }],
    ["the directory", { ldap: { urls: ["ldap://h", "ldap://Host.docker.internal"], search_base: "o=x" } }],
    ["the maintenance software", { gmao: { host: "host.docker.internal", name: "A", user: "u", password_file: "g" } }],
  ])("it is known by name for %s, where the application connects to it", (_, settings) => {
    const here = withSettings({ application: { outgoing: true, extras: ["ldap", "oracle"] }, ...settings });
    for (const name of ["app", "cron"])
      expect(serviceOf(here, name).extra_hosts).toEqual(["host.docker.internal:host-gateway"]);
    expect(serviceOf(here, "init").extra_hosts).toBeUndefined();
  });

  test("the file of the look at it has one service, with one secret", () => {
    const compose = parse(databaseCheckFile(EXTERNAL)) as ComposeFile;
    expect(Object.keys(compose.services)).toEqual(["database-check"]);
    expect(Object.keys(compose.networks)).toEqual(["outgoing"]);
    expect(compose.networks["outgoing"]).toEqual(composeOf(EXTERNAL).networks["outgoing"]);
    expect(compose.secrets).toEqual({ database_password: { file: "./secrets/postgresql" } });
    expect(compose.services["database-check"]?.volumes).toBeUndefined();
  });
});

describe("with data in folders of the host", () => {
  const FOLDERS = withSettings({ volumes: { media: "/data/a $b", database: "/data/db" } });

  test("they are mounts, never made by the engine, and web cannot write", () => {
    const mount = {
      type: "bind",
      source: "/data/a $$b",
      target: "/srv/biomaid/media",
      bind: { create_host_path: false },
    };
    for (const name of ["init", "app", "cron"]) expect(serviceOf(FOLDERS, name).volumes).toContainEqual(mount);
    expect(serviceOf(FOLDERS, "web").volumes).toContainEqual({ ...mount, read_only: true });
    expect(serviceOf(FOLDERS, "db").volumes).toMatchObject([{ type: "bind", source: "/data/db" }]);
    expect(Object.keys(composeOf(FOLDERS).volumes)).not.toContain("media");
    expect(Object.keys(composeOf(FOLDERS).volumes)).not.toContain("database");
  });
});
