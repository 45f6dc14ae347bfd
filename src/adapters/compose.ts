import { UserError } from "../errors/user-error.ts";
import type { InteractiveOptions, ProcessRunner, RunResult } from "./process.ts";

/** `docker compose` in an instance's folder, just as an operator would call it there. */
export interface Compose {
  version(): Promise<string | undefined>;
  up(): Promise<RunResult>;
  /** Removes all that carries the project's label, so that it needs no compose.yaml. */
  down(project: string, options: { volumes: boolean }): Promise<RunResult>;
  /**
   * Hands the terminal over to `docker compose …`; gives its exit status.
   *
   * @throws UserError DOCKER_MISSING
   */
  interactive(args: readonly string[], onSignal?: InteractiveOptions["onSignal"]): Promise<number>;
}

export function createCompose(processes: ProcessRunner, folder: string): Compose {
  const options = { cwd: folder };
  return {
    async version() {
      const result = await processes.run("docker", ["compose", "version", "--short"]);
      return result.exitStatus === 0 ? result.output.trim() : undefined;
    },
    up() {
      return processes.run("docker", ["compose", "--progress", "plain", "up", "--detach", "--wait"], options);
    },
    down(project, { volumes }) {
      const args = ["compose", "--progress", "plain", "--project-name", project, "down", "--remove-orphans"];
      if (volumes) args.push("--volumes");
      return processes.run("docker", args, options);
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
