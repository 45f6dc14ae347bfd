import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Authority } from "../support/certificates.ts";
import { type DatabaseServer, startDatabaseServer } from "../support/database-server.ts";
import { networksOf, volumesOf } from "../support/engine.ts";
import { newInstance, type TestInstance } from "../support/instance.ts";
import { asRoot } from "../support/root.ts";

const SECRET = "postgresql";

describe("data that are not on Docker's own volumes", () => {
  const disposables = new AsyncDisposableStack();
  let instance: TestInstance;
  let server: DatabaseServer;
  let media: string;

  beforeAll(async () => {
    instance = disposables.use(await newInstance());
    const authority = disposables.use(await Authority.create());
    server = disposables.use(await startDatabaseServer(inject("sampleImages").db, authority));
    const [, , ...options] = instance.creation();
    await instance.cli(["init", instance.name, ...options, "--outgoing"]);
    await copyFile(server.authority, join(instance.folder, "authority.pem"));
    await set("media.access", "public");
    media = join(instance.home, "disk of uploads");
    disposables.defer(async () => {
      await asRoot("rm", "-rf", media, `${media}.real`);
    });
  });
  afterAll(() => disposables.disposeAsync());

  const set = (setting: string, value: unknown) => instance.set(setting, value);
  const up = (...options: string[]) => instance.cli(["up", instance.name, ...options]);
  const refusal = async (code: string): Promise<string> => {
    const { stderr } = await instance.cli(["up", instance.name], { exitStatus: 1 });
    expect(stderr).toContain(`[${code}]`);
    return stderr;
  };
  const external = () => {
    return { host: server.host, port: server.port, password_file: SECRET, ca_file: "authority.pem" };
  };
  const password = (text: string) => writeFile(join(instance.folder, "secrets", SECRET), text, { mode: 0o600 });
  const migrations = () => instance.sql("SELECT count(*) FROM django_migrations");

  test("a wrong password, or a folder that is not there or not the container's, is told before anything starts", async () => {
    await set("database", external());
    await refusal("SECRET_NOT_GIVEN");
    await password("wrong");
    await refusal("DATABASE_LOGIN_REFUSED");
    await password(`${server.password}\n`);
    await set("volumes.media", media);
    expect(await refusal("VOLUME_FOLDER_MISSING")).toContain(`sudo mkdir -p "${media}"`);
    await mkdir(media);
    const closed = await refusal("VOLUME_FOLDER_CLOSED");
    const command = /`sudo (chown -R 10001:10001 "(.*?)")`/.exec(closed);
    expect(command?.[2]).toBe(media);
    await asRoot("sh", "-c", command?.[1] ?? "");
    expect(await instance.services()).toEqual({});
    expect(await server.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "biomaid")).toBe("0");
  });

  test("an instance runs without a service db, on a connection with TLS", async () => {
    await up();
    const services = await instance.services();
    expect(Object.keys(services).sort()).toEqual(["app", "cron", "init", "web"]);
    const volumes = await volumesOf(instance.project);
    expect(volumes).not.toContain(`${instance.project}_postgresql-14`);
    expect(volumes).not.toContain(`${instance.project}_media`);
    expect(await networksOf(instance.project)).toEqual([`${instance.project}_outgoing`, `${instance.project}_web`]);
    expect(await instance.sql("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).toBe("t");
    const python =
      "from django.db import connection as c; k = c.cursor(); k.execute('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'); print('TLS', k.fetchone()[0])";
    const { stdout } = await instance.cli(["manage", instance.name, "--", "shell", "-c", python]);
    expect(stdout).toContain("TLS True");
    const status = JSON.parse((await instance.cli(["status", instance.name, "--json"])).stdout) as object;
    expect(status).toMatchObject({ condition: "running", database: `${server.host}:${server.port}/biomaid` });
    expect((await instance.cli(["jobs", instance.name, "--json"])).stdout.trim()).toBe("[]");
  });

  test("the password is in its file and nowhere else", async () => {
    for (const { id } of Object.values(await instance.services())) {
      const { stdout } = await execa("docker", ["inspect", id]);
      expect(stdout).not.toContain(server.password);
    }
    for (const file of ["compose.yaml", "stack/app/settings.json", "instance.lock.yaml"])
      expect(await readFile(join(instance.folder, file), "utf8")).not.toContain(server.password);
    const printed = await instance.cli([
      "psql",
      instance.name,
      "--verbose",
      "--",
      "-c",
      "\\! env; cat /proc/*/cmdline",
    ]);
    expect(printed.stdout).toContain("PGHOST=");
    expect(printed.stdout + printed.stderr).not.toContain(server.password);
  });

  test("uploads are in the folder, with the instance's mark, which web does not serve", async () => {
    const python = "from django.conf import settings; open(settings.MEDIA_ROOT + '/note.txt', 'w').write('kept')";
    await instance.cli(["manage", instance.name, "--", "shell", "-c", python]);
    expect(await asRoot("cat", join(media, "note.txt"))).toBe("kept");
    expect(await (await instance.get("/media/note.txt")).text()).toBe("kept");
    expect((await instance.get("/media/.biomaid-compose")).status).toBe(404);
  });

  test("another instance gets neither the folder nor the database", async () => {
    await using other = await newInstance();
    const [, , ...options] = other.creation();
    await other.cli(["init", other.name, ...options, "--outgoing"]);
    await copyFile(server.authority, join(other.folder, "authority.pem"));
    await copyFile(join(instance.folder, "secrets", SECRET), join(other.folder, "secrets", SECRET));
    await other.set("database", external());
    const first = await other.cli(["up", other.name], { exitStatus: 1 });
    expect(first.stderr).toContain("[DATABASE_FOREIGN]");
    await other.set("database", undefined);
    await other.set("volumes.media", media);
    const second = await other.cli(["up", other.name], { exitStatus: 1 });
    expect(second.stderr).toContain("[VOLUME_FOLDER_FOREIGN]");
    expect(await other.services()).toEqual({});
  });

  test("a change of the settings alone never starts the instance on other data", async () => {
    await set("database", undefined);
    await refusal("DATABASE_ELSEWHERE");
    await set("database", { ...external(), name: "other" });
    await refusal("DATABASE_ELSEWHERE");
    await set("database", external());
    await set("volumes", undefined);
    expect(await refusal("FILES_ELSEWHERE")).toContain(media);
    await set("volumes.media", media);
    await asRoot("mv", media, `${media}.real`);
    await mkdir(media);
    await asRoot("chown", "10001:10001", media);
    expect(await refusal("VOLUME_FOLDER_EMPTY")).toContain("disk");
    await asRoot("rm", "-r", media);
    await asRoot("mv", `${media}.real`, media);
    await up();
    expect(await migrations()).not.toBe("0");
  });

  test("down --volumes says what it leaves", async () => {
    const { stdout } = await instance.cli(["down", instance.name, "--volumes", "--yes"]);
    expect(stdout).toContain(`${server.host}:${server.port}/biomaid`);
    expect(stdout).toContain(media);
    expect(await volumesOf(instance.project)).toEqual([]);
    expect(await asRoot("cat", join(media, "note.txt"))).toBe("kept");
    expect(await server.sql("SELECT count(*) FROM django_migrations", "biomaid")).not.toBe("0");
  });

  test("with --other-data the database is in a folder, and without the disk of that one it does not start", async () => {
    const folder = join(instance.home, "db");
    disposables.defer(async () => {
      await asRoot("rm", "-rf", folder);
    });
    await mkdir(folder);
    await asRoot("chown", "999:999", folder);
    await set("database", undefined);
    await set("volumes.database", folder);
    await refusal("DATABASE_ELSEWHERE");
    await up("--other-data");
    expect(await migrations()).not.toBe("0");
    expect(await asRoot("cat", join(folder, "pgdata", "PG_VERSION"))).toBe("14");
    await instance.cli(["down", instance.name]);
    await asRoot("mv", folder, `${folder}.real`);
    await mkdir(folder);
    await asRoot("chown", "999:999", folder);
    try {
      // As Docker does at a reboot, without this tool.
      await instance.compose("up", "--detach", "db");
      await expect
        .poll(async () => (await instance.compose("logs", "db")).stdout, { timeout: 20_000 })
        .toContain("is its disk mounted?");
      expect(await asRoot("ls", "-A", folder)).toBe("");
    } finally {
      await instance.compose("down");
      await rm(folder, { recursive: true });
      await asRoot("mv", `${folder}.real`, folder);
    }
  });
});
