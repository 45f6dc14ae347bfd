import { DATABASE_SECRET } from "../../instance/operator-secrets.ts";
import type { Service } from "../compose-file.ts";
import { databaseAuthorities, PATHS, type StackInput, USERS } from "../input.ts";
import { databaseConnection, folder, HARDENED } from "./common.ts";

/** Not a service that runs: what `docker compose run psql` needs to reach a database that has no service of the stack. */
export function psqlService(input: StackInput, labels: Record<string, string>): Service {
  const { database } = input.instance.settings;
  if (database === undefined) throw new Error("no server to connect to");
  const { host, port, name, user, tls } = database;
  return {
    ...HARDENED,
    image: input.release.images.db,
    profiles: ["psql"],
    restart: "no",
    user: USERS.db,
    mem_limit: "256m",
    pids_limit: 64,
    // libpq's own variables (PostgreSQL manual, 34.15).
    environment: {
      PGHOST: host,
      PGPORT: String(port),
      PGDATABASE: name,
      PGUSER: user,
      PGSSLMODE: tls,
      ...(tls === "verify-full" ? { PGSSLROOTCERT: databaseAuthorities(input) } : {}),
      PGCONNECT_TIMEOUT: "10",
      TZ: input.instance.settings.application.time_zone,
    },
    secrets: [DATABASE_SECRET],
    volumes: [folder("./stack/app", PATHS.stack)],
    tmpfs: ["/tmp:mode=1777,size=64m"],
    ...databaseConnection(input),
    labels,
  };
}
