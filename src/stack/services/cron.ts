import type { Service } from "../compose-file.ts";
import { applicationHosts, type StackInput, USERS } from "../input.ts";
import {
  applicationEnvironment,
  applicationMemory,
  applicationMounts,
  applicationNetworks,
  applicationTmpfs,
  HARDENED,
  healthcheck,
  sendingSecrets,
} from "./common.ts";

export function cronService(input: StackInput, labels: Record<string, string>): Service {
  return {
    ...HARDENED,
    image: input.release.images.app,
    command: ["cron"],
    user: USERS.app,
    mem_limit: applicationMemory(input),
    pids_limit: 128,
    environment: applicationEnvironment(input),
    depends_on: { init: { condition: "service_completed_successfully" } },
    secrets: sendingSecrets(input),
    volumes: applicationMounts(input),
    tmpfs: applicationTmpfs(input),
    networks: applicationNetworks(input),
    ...applicationHosts(input.instance),
    healthcheck: healthcheck(["CMD", "biomaid", "health", "cron"], "60s"),
    // supercronic waits for the job that runs; an import may take minutes.
    stop_grace_period: "600s",
    labels,
  };
}
