import { UserError } from "../errors/user-error.ts";
import type { InteractiveOptions, ProcessRunner, RunResult } from "./process.ts";

/** `docker compose` in an instance's folder, just as an operator would call it there with nothing set for another project. */
export interface Compose {
  version(): Promise<string | undefined>;
  /** @param options `removeOrphans`: containers of services that compose.yaml no longer has */
  up(options: { removeOrphans: boolean }): Promise<RunResult>;
  /** Removes all that carries the project's label, so that it needs no compose.yaml. */
  down(options: { volumes: boolean }): Promise<RunResult>;
  /**
   * `docker compose …` without a terminal, to the end.
   *
   * @param input what it reads from its standard input
   */
  captured(args: readonly string[], input?: string): Promise<RunResult>;
  /**
   * Hands the terminal over to `docker compose …`; gives its exit status.
   *
   * @throws UserError DOCKER_MISSING
   */
  interactive(args: readonly string[], onSignal?: InteractiveOptions["onSignal"]): Promise<number>;
}

/** What the engine says when no address is left for another network. */
export function saysNetworksExhausted(errors: string): boolean {
  return /predefined address pools|non-overlapping IPv4 address pool/.test(errors);
}

/**
 * @param project what Compose calls the project, whatever `.env` or compose.override.yaml say: containers and volumes were
 *   looked at under this name
 */
export function createCompose(
  processes: ProcessRunner,
  environment: NodeJS.ProcessEnv,
  folder: string,
  project: string,
): Compose {
  const options = { cwd: folder, environment: { ...withoutCompose(environment), COMPOSE_PROJECT_NAME: project } };
  return {
    async version() {
      const result = await processes.run("docker", ["compose", "version", "--short"]);
      return result.exitStatus === 0 ? result.output.trim() : undefined;
    },
    up({ removeOrphans }) {
      const args = ["compose", "--progress", "plain", "up", "--detach", "--wait"];
      if (removeOrphans) args.push("--remove-orphans");
      return processes.run("docker", args, options);
    },
    down({ volumes }) {
      const args = ["compose", "--progress", "plain", "down", "--remove-orphans"];
      if (volumes) args.push("--volumes");
      return processes.run("docker", args, options);
    },
    captured(args, input) {
      const given = input === undefined ? {} : { input };
      return processes.run("docker", ["compose", "--progress", "quiet", ...args], { ...options, ...given });
    },
    async interactive(args, onSignal) {
      const forwarding = onSignal === undefined ? {} : { onSignal };
      const exitStatus = await processes.interactive("docker", ["compose", ...args], {
        ...options,
        ...forwarding,
      });
      if (exitStatus === undefined) throw new UserError("DOCKER_MISSING", {});
      return exitStatus;
    },
  };
}

/** COMPOSE_FILE, COMPOSE_PROFILES and the like are there for another project: the folder alone says what is meant. */
function withoutCompose(environment: NodeJS.ProcessEnv): Record<string, undefined> {
  const names = Object.keys(environment).filter((name) => name.startsWith("COMPOSE_"));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
