import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import type { Authority } from "./certificates.ts";
import { freePort } from "./ports.ts";

/** A PostgreSQL server with TLS that is no part of any instance, as a hospital has one. */
export interface DatabaseServer extends AsyncDisposable {
  /** The name that it has in its certificate, and for containers with host-gateway. */
  host: string;
  /** An address that its certificate does not have. */
  address: string;
  port: number;
  password: string;
  /** A file with the authority's certificate. */
  authority: string;
  /** SQL as the superuser; gives what psql prints, unaligned and without titles. */
  sql(query: string, database?: string): Promise<string>;
}

/** @param image our own of PostgreSQL */
export async function startDatabaseServer(image: string, authority: Authority): Promise<DatabaseServer> {
  const folder = await mkdtemp(join(tmpdir(), "biomaid-database-"));
  const name = `biomaid-test-database-${randomBytes(4).toString("hex")}`;
  // All that a password may have that means something to a shell, to Compose or to libpq.
  const password = `p:w\\d $x'"${randomBytes(4).toString("hex")}`;
  const host = "host.docker.internal";
  const { certificate, key } = await authority.chain({ names: [host] });
  const files = { certificate, key, password, authority: authority.root.certificate };
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text, { mode: 0o644 });
  const format = "{{(index .IPAM.Config 0).Gateway}}";
  const { stdout: address } = await execa("docker", ["network", "inspect", "bridge", "--format", format]);
  const port = await freePort();
  // PostgreSQL takes a key that is its own only.
  const script = "umask 077; cp /given/key /given/certificate /tmp; exec entrypoint.sh";
  const tls = ["-c", "ssl_cert_file=/tmp/certificate", "-c", "ssl_key_file=/tmp/key"];
  const sql = async (query: string, database = "postgres"): Promise<string> => {
    const psql = [
      "psql",
      "-h",
      "/var/run/postgresql",
      "-U",
      "postgres",
      "-d",
      database,
      "-At",
      "-v",
      "ON_ERROR_STOP=1",
    ];
    return (await execa("docker", ["exec", name, ...psql, "-c", query])).stdout;
  };
  const server: DatabaseServer = {
    host,
    address,
    port,
    password,
    authority: join(folder, "authority"),
    sql,
    async [Symbol.asyncDispose]() {
      await execa("docker", ["rm", "--force", "--volumes", name], { reject: false });
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await execa("chmod", ["755", folder]);
    await execa("docker", [
      ...["run", "--detach", "--name", name, "--publish", `${address}:${port}:5432`, "--entrypoint", "bash"],
      ...["--tmpfs", "/var/lib/postgresql/data:uid=999,gid=999,mode=0700", "--volume", `${folder}:/given:ro`],
      ...["--env", "POSTGRES_PASSWORD_FILE=/given/password", image, "-c", `${script} postgres "$@"`, "bash", ...tls],
    ]);
    const deadline = Date.now() + 60_000;
    while ((await sql("ALTER SYSTEM SET ssl = on").catch(() => undefined)) === undefined) {
      if (Date.now() > deadline) throw new Error((await execa("docker", ["logs", name], { all: true })).all);
      await setTimeout(200);
    }
    await sql("SELECT pg_reload_conf()");
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}
