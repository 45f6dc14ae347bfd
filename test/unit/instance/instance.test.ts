import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  hasPublicPasswords,
  instanceNames,
  isPublished,
  isPublishedDemo,
  mainHost,
  openInstance,
  projectName,
  refusePublishedDemo,
} from "../../../src/instance/instance.ts";
import { newLock } from "../../../src/instance/lock.ts";
import { PROFILE_NAMES, type ProfileName } from "../../../src/instance/names.ts";
import { PROFILES } from "../../../src/instance/profiles.ts";
import { type InstanceFile, jsonSchema, type Source, settingsSchema } from "../../../src/instance/schema.ts";
import { instanceOf, temporaryFolder, userErrorOf } from "../support.ts";

describe("profiles", () => {
  test.each(PROFILE_NAMES)("%s is what its own schema allows, with every setting", (profile) => {
    expect(settingsSchema.parse(PROFILES[profile])).toEqual(PROFILES[profile]);
  });

  test("demo and ci have the demo users, on loopback; production has neither, and takes no packages by itself", () => {
    for (const profile of ["demo", "ci"] as const) {
      const instance = instanceOf({ profile });
      expect([hasPublicPasswords(instance), isPublished(instance)]).toEqual([true, false]);
    }
    const production = instanceOf({ profile: "production" });
    expect([hasPublicPasswords(production), isPublished(production)]).toEqual([false, true]);
    expect(production.settings.bases).toBe("registry");
    expect(production.settings.application).toMatchObject({ workers: 4, debug: false });
  });
});

describe("settings", () => {
  test("are the file's where it says something, else the profile's", () => {
    const { settings } = instanceOf({
      profile: "production",
      source: { path: "/srv/code" },
      application: { workers: 8 },
      web: { hosts: ["biomaid.example.org"] },
    });
    const defaults = PROFILES.production;
    expect(settings).toEqual({
      source: { path: "/srv/code" },
      application: { ...defaults.application, workers: 8 },
      web: { ...defaults.web, hosts: ["biomaid.example.org"] },
      volumes: {},
      media: { access: "signed-in" },
      bases: defaults.bases,
    });
  });

  test("name a folder from where the file is, and never one that git would take for an address", () => {
    for (const [path, folder] of [
      ["../code", "/srv/biomaid/code"],
      ["/srv/code", "/srv/code"],
      ["ext::sh -c id", "/srv/biomaid/demo/ext::sh -c id"],
    ] as const) {
      expect(instanceOf({ profile: "demo", source: { path, ref: "main" } }).settings.source.path).toBe(folder);
    }
  });

  test("of a development instance mount a folder, and none of its commits", () => {
    const reload = (source: Source): boolean =>
      instanceOf({ profile: "development", source }).settings.application.reload;
    expect(reload({ path: "/srv/code" })).toBe(true);
    for (const source of [{ path: "/srv/code", ref: "main" }, { sample: true as const }, { image: "x" }])
      expect(reload(source)).toBe(false);
  });

  test("of a development instance without debug have neither the mount nor the toolbar", () => {
    const file = { profile: "development", source: { path: "/srv/code" }, application: { debug: false } } as const;
    expect(instanceOf(file).settings.application).toMatchObject({ debug: false, debug_toolbar: false, reload: false });
  });

  test("send mails where there is a server, and catch them otherwise", () => {
    const mail = { host: "smtp.example.org", from: "a@example.org" };
    const sending = instanceOf({ profile: "development", mail, application: { outgoing: true } }).settings;
    expect([sending.mail?.host, sending.mail_catcher]).toEqual(["smtp.example.org", undefined]);
    const catching = instanceOf({ profile: "development" }).settings;
    expect([catching.mail, catching.mail_catcher]).toEqual([undefined, { port: 8025 }]);
  });

  test("leave the profile as it was", () => {
    const before = structuredClone(PROFILES);
    instanceOf({ profile: "ci", application: { fixtures: [], workers: 9 }, web: { port: 1 }, bases: "packages" });
    expect(PROFILES).toEqual(before);
  });
});

const FILE = "/srv/biomaid/demo/instance.yaml";
const TLS = { certificate: "tls/c.pem", key: "/etc/ssl/k.pem" };

describe("an instance with HTTPS", () => {
  test("names its files from where instance.yaml is, and has the port of HTTPS unless told otherwise", () => {
    const { tls, port } = instanceOf({ profile: "production", web: { tls: TLS } }).settings.web;
    expect([tls, port]).toEqual([{ certificate: "/srv/biomaid/production/tls/c.pem", key: "/etc/ssl/k.pem" }, 443]);
    expect(instanceOf({ profile: "demo", web: { tls: TLS } }).settings.web.port).toBe(8443);
    expect(instanceOf({ profile: "demo", web: { tls: TLS, port: 80 } }).settings.web.port).toBe(80);
  });

  test.each([
    [{ port: 80, redirect_port: 80 }, 80],
    [{ redirect_port: 443 }, 443],
  ])("does not redirect to the same port: %j", async ({ redirect_port, ...web }, port) => {
    const file = { profile: "production", web: { ...web, tls: { ...TLS, redirect_port } } } as const;
    const error = await userErrorOf(() => instanceOf(file));
    expect([error.code, error.parameters, error.exitStatus]).toEqual([
      "REDIRECT_PORT_SAME",
      { path: "/srv/biomaid/production/instance.yaml", port },
      2,
    ]);
  });
});

test("a proxy of this machine is believed only where no other machine reaches the web port", async () => {
  const web = { trusted_proxies: ["host"] };
  expect(instanceOf({ profile: "demo", web }).settings.web.trusted_proxies).toEqual(["host"]);
  const error = await userErrorOf(() => instanceOf({ profile: "production", web }));
  expect([error.code, error.exitStatus]).toEqual(["HOST_PROXY_PUBLISHED", 2]);
});

describe("an instance with debug", () => {
  test.each<[ProfileName, Partial<InstanceFile["web"]>, string, string]>([
    ["development", { address: "0.0.0.0", publish_demo: true }, "web.address", "0.0.0.0"],
    ["production", {}, "web.address", "0.0.0.0"],
    ["demo", { url: "https://biomaid.example.org", publish_demo: true }, "web.url", "https://biomaid.example.org"],
  ])("is not reachable from other machines: %s with %j", async (profile, web, setting, value) => {
    const error = await userErrorOf(() => instanceOf({ profile, web, application: { debug: true } }));
    expect([error.code, error.exitStatus]).toEqual(["DEBUG_PUBLISHED", 2]);
    expect(error.parameters).toMatchObject({ setting, value });
  });

  test.each(["reload", "debug_toolbar"] as const)("alone has %s", async (key) => {
    const file = { profile: "demo", source: { path: "/srv/code" }, application: { [key]: true } } as const;
    const error = await userErrorOf(() => instanceOf(file));
    expect([error.code, error.parameters, error.exitStatus]).toEqual([
      "DEBUG_NEEDED",
      { path: FILE, setting: `application.${key}` },
      2,
    ]);
    expect(instanceOf({ ...file, application: { [key]: true, debug: true } }).settings.application[key]).toBe(true);
  });

  test("mounts nothing but a folder", async () => {
    const application = { reload: true, debug: true };
    const error = await userErrorOf(() => instanceOf({ profile: "demo", application }));
    expect([error.code, error.exitStatus]).toEqual(["RELOAD_NEEDS_FOLDER", 2]);
  });

  test("does not show its mails on the web port", async () => {
    const error = await userErrorOf(() => instanceOf({ profile: "development", web: { port: 8025 } }));
    expect([error.code, error.parameters, error.exitStatus]).toEqual([
      "MAIL_PORT_SAME",
      { path: "/srv/biomaid/development/instance.yaml", port: 8025 },
      2,
    ]);
  });
});

describe("an instance whose passwords are public", () => {
  test.each(["0.0.0.0", "::", "192.0.2.1", "2001:db8::1", "128.0.0.1"])("is not published on %s", async (address) => {
    const error = await userErrorOf(() => instanceOf({ profile: "demo", web: { address } }));
    expect([error.code, error.exitStatus]).toEqual(["DEMO_PUBLISHED", 2]);
    expect(error.parameters).toEqual({ name: "demo", path: FILE, setting: "web.address", value: address });
  });

  test("is not published through a proxy either", async () => {
    const url = "https://biomaid.example.org";
    const error = await userErrorOf(() => instanceOf({ profile: "demo", web: { url } }));
    expect(error.parameters).toEqual({ name: "demo", path: FILE, setting: "web.url", value: url });
    for (const own of ["https://localhost:8443", "https://127.0.0.1", "http://[::1]:8000"])
      expect(isPublishedDemo(instanceOf({ profile: "demo", web: { url: own } }), undefined)).toBe(false);
  });

  test.each(["127.0.0.1", "127.9.9.9", "::1"])("is served on %s", (address) => {
    expect(isPublished(instanceOf({ profile: "demo", web: { address } }))).toBe(false);
  });

  test("is published when its file says that this is meant, or when it has no fixtures", () => {
    const web = { address: "0.0.0.0" };
    expect(isPublished(instanceOf({ profile: "demo", web: { ...web, publish_demo: true } }))).toBe(true);
    expect(isPublished(instanceOf({ profile: "demo", web, application: { fixtures: [] } }))).toBe(true);
  });

  test("stays one when its settings no longer name the fixtures that its database was given", async () => {
    const lock = { ...newLock("test"), fixtures: ["tests_db"] };
    const web = { address: "0.0.0.0" };
    const published = instanceOf({ profile: "demo", web, application: { fixtures: [] } });
    expect((await userErrorOf(() => refusePublishedDemo(published, lock))).code).toBe("DEMO_PUBLISHED");
    expect(() => refusePublishedDemo(published, newLock("test"))).not.toThrow();
    const meant = instanceOf({ profile: "demo", web: { ...web, publish_demo: true }, application: { fixtures: [] } });
    expect(() => refusePublishedDemo(meant, lock)).not.toThrow();
    expect(isPublishedDemo(meant, lock)).toBe(true);
    expect(isPublishedDemo(instanceOf({ profile: "demo" }), lock)).toBe(false);
  });

  test("counts whatever the profile is called", async () => {
    const error = await userErrorOf(() =>
      instanceOf({ profile: "production", application: { fixtures: ["tests_db"] } }),
    );
    expect(error.code).toBe("DEMO_PUBLISHED");
  });
});

test("the main host is the first, without the dot by which Django means sub-domains", () => {
  const web = { hosts: [".example.org", "localhost"] };
  expect(mainHost(instanceOf({ profile: "demo", web }))).toBe("example.org");
});

describe("the instances of a home", () => {
  test("are the folders with an instance.yaml and a good name, sorted", async () => {
    await using home = await temporaryFolder();
    for (const name of ["ci", "demo", "Bad", "empty", ".hidden"]) await mkdir(join(home.path, name));
    for (const name of ["demo", "ci", "Bad", ".hidden"]) await writeFile(join(home.path, name, "instance.yaml"), "");
    await writeFile(join(home.path, "file"), "");
    expect(await instanceNames(home.path)).toEqual(["ci", "demo"]);
  });

  test("are none where there is no home", async () => {
    await using home = await temporaryFolder();
    expect(await instanceNames(join(home.path, "nothing"))).toEqual([]);
  });

  test("are opened by name", async () => {
    await using home = await temporaryFolder();
    await mkdir(join(home.path, "test-2"));
    await writeFile(join(home.path, "test-2", "instance.yaml"), "version: 1\nprofile: ci\nweb: {port: 8081}\n");
    const instance = await openInstance(home.path, "test-2");
    expect(instance).toMatchObject({ name: "test-2", profile: "ci", settings: { web: { port: 8081 } } });
    expect(projectName(instance.name)).toBe("biomaid-test-2");
    const error = await userErrorOf(() => openInstance(home.path, "other"));
    expect([error.code, error.parameters]).toEqual(["INSTANCE_NOT_FOUND", { name: "other", home: home.path }]);
  });
});

test("the JSON Schema describes every setting and allows no others", () => {
  interface Node {
    type?: string;
    description?: string;
    properties?: Record<string, Node>;
    additionalProperties?: boolean;
  }
  const visit = (node: Node, path: string): string[] => {
    if (node.properties === undefined) return node.description ? [] : [path];
    expect(node.additionalProperties, path).toBe(false);
    return Object.entries(node.properties).flatMap(([key, value]) => visit(value, `${path}.${key}`));
  };
  const schema = jsonSchema() as Node;
  expect(visit(schema, "")).toEqual([]);
  expect(Object.keys(schema.properties ?? {})).toEqual([
    "version",
    "profile",
    "source",
    "application",
    "web",
    "media",
    "mail",
    "mail_catcher",
    "database",
    "volumes",
    "ldap",
    "gmao",
    "bases",
  ]);
});

describe("settings that do not go together", () => {
  const database = { host: "db.example.org", password_file: "postgresql" };

  test.each<[string, Omit<InstanceFile, "version">, string]>([
    [
      "a mail server without a way out",
      { profile: "demo", mail: { host: "smtp.example.org", from: "a@b.example" } },
      "SETTING_NEEDS_OUTGOING",
    ],
    ["a database server without a way out", { profile: "demo", database }, "SETTING_NEEDS_OUTGOING"],
    [
      "a database server, and a folder for a database",
      { profile: "production", database, volumes: { database: "/data/db" } },
      "DATABASE_TWICE",
    ],
  ])("are refused: %s", async (_, file, code) => {
    expect((await userErrorOf(() => instanceOf(file))).code).toBe(code);
  });
});
