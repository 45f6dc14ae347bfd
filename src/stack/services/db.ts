import type { Service } from "../compose-file.ts";
import { DATABASE, type StackInput, USERS } from "../input.ts";
import { dataVolume, HARDENED, healthcheck } from "./common.ts";

export function dbService(input: StackInput, labels: Record<string, string>): Service {
  return {
    ...HARDENED,
    image: input.release.images.db,
    user: USERS.db,
    mem_limit: "1g",
    pids_limit: 256,
    environment: {
      POSTGRES_DB: DATABASE.name,
      POSTGRES_USER: DATABASE.user,
      POSTGRES_PASSWORD_FILE: "/run/secrets/database_password",
      ...(input.instance.settings.volumes.database === undefined ? {} : { BIOMAID_FOLDER_OF: input.uuid }),
      TZ: input.instance.settings.application.time_zone,
    },
    secrets: ["database_password"],
    volumes: [dataVolume(input, "database", "/var/lib/postgresql/data")],
    tmpfs: ["/tmp:mode=1777,size=64m", "/var/run/postgresql:uid=999,gid=999,mode=0775,size=1m"],
    // PostgreSQL's parallel queries exchange data there; Docker's 64 MB are too few for them.
    shm_size: "256m",
    networks: ["database"],
    healthcheck: healthcheck(
      ["CMD", "pg_isready", "-q", "-h", "127.0.0.1", "-U", DATABASE.user, "-d", DATABASE.name],
      "60s",
    ),
    // PostgreSQL 14 manual, 19.5: SIGINT is the fast shutdown, SIGTERM waits for every client to leave.
    stop_signal: "SIGINT",
    stop_grace_period: "60s",
    labels,
  };
}
