import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { UserError } from "../../src/errors/user-error.ts";
import { toInstance } from "../../src/instance/instance.ts";
import { newLock } from "../../src/instance/lock.ts";
import { instancePaths } from "../../src/instance/paths.ts";
import type { InstanceFile } from "../../src/instance/schema.ts";
import { requireDatabaseServer } from "../../src/operations/database-server.ts";
import { stackInput } from "../../src/operations/generate.ts";
import { Authority } from "../support/certificates.ts";
import { type DatabaseServer, startDatabaseServer } from "../support/database-server.ts";
import { testContext } from "../support/release.ts";
import { MACHINE } from "./support/test-instance.ts";

type Database = NonNullable<InstanceFile["database"]>;

describe("a database server of the operator's", () => {
  const disposables = new AsyncDisposableStack();
  const name = `test-${process.pid}-database`;
  const uuid = newLock("test").uuid;
  let server: DatabaseServer;
  let home: string;

  beforeAll(async () => {
    const authority = disposables.use(await Authority.create());
    server = disposables.use(await startDatabaseServer(inject("sampleImages").db, authority));
    home = await mkdtemp(join(tmpdir(), "biomaid-database-test-"));
    disposables.defer(() => rm(home, { recursive: true, force: true }));
    disposables.defer(async () => {
      await execa("docker", ["network", "rm", `biomaid-${name}_outgoing`], { reject: false });
    });
    await mkdir(join(home, name, "secrets"), { recursive: true });
    await copyFile(server.authority, join(home, name, "authority.pem"));
    await writeFile(join(home, name, "other.pem"), (await Authority.create()).root.certificate);
    await password(server.password);
  });
  afterAll(() => disposables.disposeAsync());
  afterEach(() => password(server.password));

  const password = (text: string) => writeFile(join(home, name, "secrets", "postgresql"), text);

  /** What `up` makes of these settings. */
  async function look(settings: Partial<Database> = {}, moved = false): Promise<{ french: boolean }> {
    const database: Database = {
      ...{ host: server.host, port: server.port, password_file: "postgresql", ca_file: "authority.pem" },
      ...settings,
    };
    const file: InstanceFile = { version: 1, profile: "demo", source: { sample: true }, database };
    const instance = toInstance(name, instancePaths(home, name), { ...file, application: { outgoing: true } });
    const release = { key: "0", version: "test", revision: "", images: inject("sampleImages") };
    const input = await stackInput(instance, release, { ...newLock("test"), uuid }, MACHINE);
    return requireDatabaseServer(testContext(home), input, { selinux: false }, moved);
  }

  /** The code and the facts of the error that these settings come to. */
  async function refusal(settings: Partial<Database> = {}): Promise<{ code: string; detail: string }> {
    const error = await look(settings).then(
      () => expect.unreachable("it is taken"),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof UserError)) throw error;
    if (error.code === "DATABASE_CHECK_FAILED") throw new Error(JSON.stringify(error.parameters));
    const { detail = "" } = error.parameters as { detail?: string };
    expect(JSON.stringify(error.parameters)).not.toContain(server.password);
    return { code: error.code, detail };
  }

  test("that is as it should be is taken, with TLS of both kinds", async () => {
    expect(await look()).toEqual({ french: true });
    expect(await look({ tls: "require", ca_file: undefined })).toEqual({ french: true });
  });

  test.each<[string, () => Partial<Database>, string, RegExp]>([
    ["an unknown name", () => ({ host: "nowhere.invalid" }), "DATABASE_HOST_UNKNOWN", /not known|resolution/],
    ["a port where nothing listens", () => ({ port: 9 }), "DATABASE_UNREACHABLE", /refused \(\d/],
    ["another authority", () => ({ ca_file: "other.pem" }), "DATABASE_CERTIFICATE_REFUSED", /issuer|self-signed/],
    ["no authority", () => ({ ca_file: undefined }), "DATABASE_CERTIFICATE_REFUSED", /issuer|self-signed/],
    ["another name than the certificate's", () => ({ host: server.address }), "DATABASE_CERTIFICATE_NAME", /mismatch/],
    ["a database that is not there", () => ({ name: "nothing" }), "DATABASE_MISSING", /nothing/],
    ["a role that pg_hba.conf keeps out", () => ({ user: "postgres" }), "DATABASE_NOT_LET_IN", /pg_hba/],
    ["a role that is not there", () => ({ user: "nobody" }), "DATABASE_LOGIN_REFUSED", /nobody/],
  ])("with %s is refused", async (_, settings, code, detail) => {
    expect(await refusal(settings())).toEqual({ code, detail: expect.stringMatching(detail) });
  });

  test("whose password is another one is refused", async () => {
    await password("wrong");
    expect((await refusal()).code).toBe("DATABASE_LOGIN_REFUSED");
  });

  test("without TLS is refused, unless it is not asked for", async () => {
    await server.sql("ALTER SYSTEM SET ssl = off");
    await server.sql("SELECT pg_reload_conf()");
    try {
      await expect
        .poll(() => refusal().catch(() => undefined), { timeout: 20_000 })
        .toMatchObject({
          code: "DATABASE_TLS_FAILED",
        });
      expect(await look({ tls: "disable", ca_file: undefined })).toEqual({ french: true });
    } finally {
      await server.sql("ALTER SYSTEM SET ssl = on");
      await server.sql("SELECT pg_reload_conf()");
    }
  });

  test.each([
    ["in another encoding", "ENCODING 'LATIN1' LOCALE 'C' OWNER biomaid", "DATABASE_ENCODING"],
    ["of another role", "OWNER postgres", "DATABASE_RIGHTS"],
  ])("with a database %s is refused", async (_, options, code) => {
    await server.sql(`CREATE DATABASE other TEMPLATE template0 ${options}`);
    try {
      expect((await refusal({ name: "other" })).code).toBe(code);
    } finally {
      await server.sql("DROP DATABASE other");
    }
  });

  test("with a database that can only be read is refused", async () => {
    await server.sql("ALTER DATABASE biomaid SET default_transaction_read_only = on");
    try {
      expect((await refusal()).code).toBe("DATABASE_READ_ONLY");
    } finally {
      await server.sql("ALTER DATABASE biomaid RESET default_transaction_read_only");
    }
  });

  test("that sorts in another way is told", async () => {
    await server.sql("CREATE DATABASE plain TEMPLATE template0 LOCALE 'C' OWNER biomaid");
    expect(await look({ name: "plain" })).toEqual({ french: false });
    await server.sql("DROP DATABASE plain");
  });

  test("with another instance's database is refused, unless the data were moved", async () => {
    await server.sql(
      "CREATE SCHEMA biomaid_compose; CREATE TABLE biomaid_compose.stamp (key text, value text); INSERT INTO biomaid_compose.stamp VALUES ('instance', 'another'); GRANT ALL ON SCHEMA biomaid_compose TO biomaid; GRANT ALL ON biomaid_compose.stamp TO biomaid",
      "biomaid",
    );
    expect((await refusal()).code).toBe("DATABASE_FOREIGN");
    expect(await look({}, true)).toEqual({ french: true });
    await server.sql(`UPDATE biomaid_compose.stamp SET value = '${uuid}'`, "biomaid");
    expect(await look()).toEqual({ french: true });
    await server.sql("DROP SCHEMA biomaid_compose CASCADE", "biomaid");
  });

  test("leaves nothing behind but the network that the application will use", async () => {
    const filter = ["--filter", `label=com.docker.compose.project=biomaid-${name}`];
    const { stdout: containers } = await execa("docker", ["ps", "--all", "--quiet", ...filter]);
    const { stdout: volumes } = await execa("docker", ["volume", "ls", "--quiet", ...filter]);
    const { stdout: networks } = await execa("docker", ["network", "ls", "--format", "{{.Name}}", ...filter]);
    expect([containers, volumes, networks]).toEqual(["", "", `biomaid-${name}_outgoing`]);
  });
});
