import type { Service } from "../compose-file.ts";
import { PATHS, type StackInput, USERS } from "../input.ts";
import {
  APPLICATION_SECRETS,
  applicationEnvironment,
  applicationMemory,
  applicationMounts,
  applicationTmpfs,
  databaseConnection,
  HARDENED,
  volume,
} from "./common.ts";

export function initService(input: StackInput, labels: Record<string, string>): Service {
  return {
    ...HARDENED,
    image: input.release.images.app,
    command: ["init"],
    // A one-shot: with a restart policy it would run for ever.
    restart: "no",
    user: USERS.app,
    mem_limit: applicationMemory(input),
    pids_limit: 128,
    environment: applicationEnvironment(input),
    ...(input.instance.settings.database === undefined ? { depends_on: { db: { condition: "service_healthy" } } } : {}),
    secrets: APPLICATION_SECRETS,
    volumes: [...applicationMounts(input), volume("static", PATHS.static)],
    tmpfs: applicationTmpfs(input),
    ...databaseConnection(input),
    labels,
  };
}
