import type { Service } from "../compose-file.ts";
import { applicationHosts, PATHS, type StackInput, USERS } from "../input.ts";
import {
  applicationEnvironment,
  applicationMemory,
  applicationMounts,
  applicationNetworks,
  applicationTmpfs,
  HARDENED,
  healthcheck,
  sendingSecrets,
  volume,
} from "./common.ts";

export function appService(input: StackInput, labels: Record<string, string>): Service {
  return {
    ...HARDENED,
    image: input.release.images.app,
    command: ["app"],
    user: USERS.app,
    mem_limit: applicationMemory(input),
    pids_limit: 256,
    environment: { ...applicationEnvironment(input), BIOMAID_GENERATION: String(input.generation) },
    depends_on: { init: { condition: "service_completed_successfully" } },
    secrets: sendingSecrets(input),
    volumes: [...applicationMounts(input), volume("socket", PATHS.socket)],
    tmpfs: applicationTmpfs(input),
    networks: applicationNetworks(input),
    ...applicationHosts(input.instance),
    healthcheck: healthcheck(["CMD", "biomaid", "health"], "120s"),
    // A request that has begun may take its whole time before the container is killed.
    stop_grace_period: `${input.instance.settings.application.timeout + 10}s`,
    labels,
  };
}
