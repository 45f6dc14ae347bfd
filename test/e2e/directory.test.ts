import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openInstance } from "../../src/instance/instance.ts";
import { authorities } from "../../src/operations/authorities.ts";
import { recipeDigest } from "../../src/operations/build-images.ts";
import { packagesBases, registryBases } from "../../src/release/bases.ts";
import { ldapSettings } from "../../src/stack/settings.ts";
import { Authority } from "../support/certificates.ts";
import { type Directory, type Person, READER, SUFFIX, startDirectory } from "../support/directory.ts";
import { newInstance, type TestInstance } from "../support/instance.ts";
import { signedIn, trySignIn } from "../support/sign-in.ts";
import { application } from "../support/source.ts";

const PASSWORD = "d1rectory-of-the-tests";
/** Milliseconds: several times what a sign-in takes on a busy machine, and a small part of what a request may take. */
const PATIENCE = 10_000;
const PEOPLE: Person[] = [
  { uid: "claire", password: PASSWORD, givenName: "Claire", sn: "Élan", mail: "claire@chu.example" },
  { uid: "root", password: PASSWORD, mail: "root@elsewhere.example" },
  { uid: "couranth", password: PASSWORD },
  { uid: "thief", password: PASSWORD, mail: "the-local-administrator@chu.example" },
  { uid: "twice", password: PASSWORD },
  { uid: "twice", password: PASSWORD, ou: "others" },
];

describe("a directory", () => {
  const disposables = new AsyncDisposableStack();
  let instance: TestInstance;
  let directory: Directory;

  const good = {
    urls: ["ldaps://directory"],
    bind_dn: READER.dn,
    password_file: "ldap",
    search_base: SUFFIX,
    ca_file: "authority.pem",
    timeout: 2,
  };

  beforeAll(async () => {
    instance = disposables.use(await newInstance());
    const [, , ...options] = instance.creation();
    await instance.cli(["init", instance.name, ...options]);
    await instance.set("application.outgoing", true);
    await instance.set("application.extras", ["ldap"]);
    // The network that the server is to be on comes with the first start, which has no directory yet.
    await instance.cli(["up", instance.name]);
    const authority = disposables.use(await Authority.create());
    await instance.write("authority.pem", authority.root.certificate);
    await instance.write("secrets/ldap", `${READER.password}\n`);
    const bases = inject("bases") === "registry" ? registryBases() : packagesBases(await recipeDigest("base"));
    const network = `${instance.project}_outgoing`;
    const certificate = await authority.chain({ names: ["directory"] });
    directory = disposables.use(await startDirectory(bases, network, ["directory", "elsewhere"], certificate, PEOPLE));
    const { stderr } = await instance.cli(["ldap", "test", instance.name], { exitStatus: 1 });
    expect(stderr).toContain("[LDAP_NOT_SET]");
    await instance.set("ldap", good);
    expect((await ldapTest([], 1)).stderr).toContain("[LDAP_NOT_APPLIED]");
    await instance.cli(["up", instance.name]);
    // Two images are built: the application's with the extra, and the server's.
  }, 600_000);
  afterAll(() => disposables.disposeAsync());

  const ldapTest = (options: string[] = [], exitStatus = 0, input?: string) =>
    instance.cli(["ldap", "test", instance.name, ...options], {
      exitStatus,
      ...(input === undefined ? {} : { input }),
    });
  const account = (name: string) =>
    instance.sql(
      `SELECT first_name, last_name, email, from_ldap, is_superuser FROM common_user WHERE username = '${name}'`,
    );
  const local = { username: application.superuser.username, password: application.superuser.password };

  test("is tested step by step, up to a person's entry and password", async () => {
    const { stdout } = await ldapTest(["--user", "claire", "--password-stdin", "--json"], 0, `${PASSWORD}\n`);
    expect(JSON.parse(stdout)).toEqual({
      servers: ["ldaps://directory"],
      steps: ["connect", "tls", "bind", "base", "entry", "password"],
      dn: `uid=claire,ou=people,${SUFFIX}`,
      attributes: { first_name: "Claire", last_name: "Élan", email: "claire@chu.example" },
    });
    const { stdout: told } = await ldapTest(["--lang", "fr"]);
    expect(told).toContain("✔ ldaps://directory répond");
  });

  test("signs people in, with what it knows of them", async () => {
    const cookie = await trySignIn(instance, "claire", PASSWORD);
    expect(await signedIn(instance, cookie)).toBe(true);
    expect(await account("claire")).toBe("Claire|Élan|claire@chu.example|t|f");
    // Kept by upstream, and of no use while the directory is there.
    await instance.sql(
      "UPDATE common_user SET password = (SELECT password FROM common_user WHERE username = 'root') WHERE username = 'claire'",
    );
    expect(await trySignIn(instance, "claire", local.password)).toBeUndefined();
  });

  test("never signs in as a local account, nor touches it", async () => {
    const before = await instance.sql(
      "SELECT username, password, email, is_superuser FROM common_user WHERE NOT from_ldap ORDER BY 1",
    );
    for (const name of ["root", "ROOT", "Root", " root ", "couranth", "CouranTh"])
      expect(await trySignIn(instance, name, PASSWORD), name).toBeUndefined();
    expect(
      await instance.sql(
        "SELECT username, password, email, is_superuser FROM common_user WHERE NOT from_ldap ORDER BY 1",
      ),
    ).toBe(before);
    expect(await instance.sql("SELECT count(*) FROM common_user WHERE username ILIKE '%root%'")).toBe("1");
    expect(await trySignIn(instance, local.username, local.password)).toBeDefined();
    expect((await ldapTest(["--user", "ROOT"], 1)).stderr).toContain("[LDAP_USER_LOCAL]");
  });

  test("takes a login that is a piece of a filter for nobody's", async () => {
    for (const login of ["*", "cl*", "claire)(uid=*", "*)(objectClass=*", "claire)(|(uid=*", "\\63laire"])
      expect(await trySignIn(instance, login, PASSWORD), login).toBeUndefined();
    expect((await ldapTest(["--user", "claire)(uid=*"], 1)).stderr).toContain("[LDAP_USER_NOT_FOUND]");
  });

  test("takes no empty password, which servers take for nobody's", async () => {
    expect(await trySignIn(instance, "claire", "")).toBeUndefined();
    const { stderr } = await ldapTest(["--user", "claire", "--password-stdin"], 1, "");
    expect(stderr).toContain("[LDAP_PASSWORD_REFUSED]");
  });

  test("gives nobody the rights of a local account through the mail address", async () => {
    await instance.sql("UPDATE common_user SET email = 'the-local-administrator@chu.example' WHERE username = 'root'");
    const cookie = await trySignIn(instance, "thief", PASSWORD);
    expect(cookie).toBeDefined();
    const headers = { cookie: `${cookie}; csrftoken=${"t".repeat(32)}`, "x-csrftoken": "t".repeat(32) };
    const answer = await instance.get("/x/common/login_check/", { method: "POST", headers });
    expect(answer.status).toBe(403);
    expect(await account("thief")).toMatch(/\|t\|f$/);
    expect(await instance.sql("SELECT is_active FROM common_user WHERE username = 'root'")).toBe("t");
  });

  test("has no power over whoever becomes an administrator, or is put out of service, from the next page on", async () => {
    const cookie = (await trySignIn(instance, "claire", PASSWORD)) ?? "";
    for (const [on, off] of [
      ["is_staff = true", "is_staff = false"],
      ["is_superuser = true", "is_superuser = false"],
      ["is_active = false", "is_active = true"],
    ]) {
      await instance.sql(`UPDATE common_user SET ${on} WHERE username = 'claire'`);
      expect(await signedIn(instance, cookie), on).toBe(false);
      expect(await trySignIn(instance, "claire", PASSWORD), on).toBeUndefined();
      await instance.sql(`UPDATE common_user SET ${off} WHERE username = 'claire'`);
    }
    expect(await trySignIn(instance, "claire", PASSWORD)).toBeDefined();
  });

  test("has its password in a file that only app and cron have", async () => {
    for (const [name, { id }] of Object.entries(await instance.services())) {
      const { stdout } = await execa("docker", ["inspect", id]);
      expect(stdout).not.toContain(READER.password);
      expect(stdout.includes("/run/secrets/ldap_password"), name).toBe(["app", "cron"].includes(name));
    }
    for (const file of ["compose.yaml", "stack/app/settings.json", "instance.lock.yaml"])
      expect(await readFile(join(instance.folder, file), "utf8")).not.toContain(READER.password);
    expect((await instance.cli(["logs", instance.name])).stdout).not.toMatch(
      new RegExp(`${READER.password}|${PASSWORD}`),
    );
  });

  test("that does not answer keeps nobody else out, and is told by what is in the way", async () => {
    await execa("docker", ["pause", directory.id]);
    try {
      const start = Date.now();
      expect(await trySignIn(instance, local.username, local.password)).toBeDefined();
      expect(Date.now() - start).toBeLessThan(PATIENCE);
      expect(await trySignIn(instance, "claire", PASSWORD)).toBeUndefined();
      expect(Date.now() - start).toBeLessThan(2 * PATIENCE);
      const { stderr } = await ldapTest([], 1);
      expect(stderr).toContain("[LDAP_UNREACHABLE]");
    } finally {
      await execa("docker", ["unpause", directory.id]);
    }
    expect(await trySignIn(instance, "claire", PASSWORD)).toBeDefined();
  });

  describe("with settings that do not work", () => {
    /** What `ldap test` says where the containers have these settings, without a new start of app. */
    async function refusal(settings: object, code: string, options: string[] = []): Promise<string> {
      await apply({ ...good, ...settings });
      const { stderr } = await ldapTest(options, 1);
      expect(stderr).toContain(`[${code}]`);
      expect(stderr).not.toContain(READER.password);
      return stderr;
    }
    async function apply(settings: object): Promise<void> {
      await instance.set("ldap", settings);
      const changed = await openInstance(instance.home, instance.name);
      const files = await authorities(changed);
      const stack = join(instance.folder, "stack", "app");
      const content = JSON.parse(await readFile(join(stack, "settings.json"), "utf8")) as object;
      const ldap = ldapSettings({ instance: changed, ...files });
      await writeFile(join(stack, "settings.json"), JSON.stringify({ ...content, ldap }));
      await writeFile(join(stack, "ldap-authorities.pem"), files.ldap.authorities ?? "");
    }
    const ldap = { urls: ["ldap://directory"] };

    test("tells the certificate", async () => {
      await using other = await Authority.create();
      await instance.write("other.pem", other.root.certificate);
      for (const way of [{}, ldap]) {
        expect(await refusal({ ...way, ca_file: "other.pem" }, "LDAP_CERTIFICATE_REFUSED")).toContain(
          "directory answers",
        );
        expect(
          await refusal(
            { urls: way === ldap ? ["ldap://elsewhere"] : ["ldaps://elsewhere"] },
            "LDAP_CERTIFICATE_REFUSED",
          ),
        ).toContain("elsewhere");
      }
      await rm(join(instance.folder, "other.pem"));
    });

    test("tells the way to the server", async () => {
      await refusal({ urls: ["ldaps://nowhere.invalid"] }, "LDAP_HOST_UNKNOWN");
      await refusal({ urls: ["ldaps://directory:640"] }, "LDAP_UNREACHABLE");
      await refusal({ urls: ["ldaps://directory:389"] }, "LDAP_TLS_FAILED");
      // Of several, each has to work.
      await refusal({ urls: ["ldaps://directory", "ldaps://directory:640"] }, "LDAP_UNREACHABLE");
    });

    test("goes on to the next server when one does not answer", async () => {
      await apply(good);
      const script = [
        "from dataclasses import replace",
        "from biomaid_runtime import config, directory_connection",
        "known = config.load().ldap",
        "for security, scheme, port in (('tls', 'ldaps', 640), ('starttls', 'ldap', 390), ('starttls', 'ldap', 636)):",
        "    urls = [f'{scheme}://directory:{port}', f'{scheme}://nowhere.invalid', f'{scheme}://directory']",
        "    urls.append(f'{scheme}://elsewhere')",
        "    print(directory_connection.answering(replace(known, security=security, urls=urls)))",
      ].join("\n");
      const { stdout } = await instance.compose("exec", "-T", "app", "python", "-c", script);
      expect(stdout.split("\n")).toEqual(["ldaps://directory", "ldap://directory", "ldap://directory"]);
    });

    test("tells the account and the base", async () => {
      await refusal({ bind_dn: `cn=nobody,${SUFFIX}` }, "LDAP_BIND_REFUSED");
      await refusal({ search_base: `ou=nowhere,${SUFFIX}` }, "LDAP_BASE_NOT_FOUND");
      await refusal({ bind_dn: undefined, password_file: undefined }, "LDAP_BASE_NOT_FOUND");
      await refusal({ filter: "(uid=(%(user)s))" }, "LDAP_SEARCH_REFUSED", ["--user", "claire"]);
    });

    test("tells what it finds for a login", async () => {
      await refusal({}, "LDAP_USER_NOT_FOUND", ["--user", "nobody"]);
      expect(await refusal(ldap, "LDAP_USER_AMBIGUOUS", ["--user", "twice"])).toContain("ou=others");
      const unencrypted = { ...ldap, security: "none", ca_file: undefined };
      await apply({ ...good, ...unencrypted });
      const { stderr } = await ldapTest(["--user", "claire", "--password-stdin"], 1, "wrong");
      expect(stderr).toContain("[LDAP_PASSWORD_REFUSED]");
    });
  });
});
