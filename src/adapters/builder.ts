import { UserError } from "../errors/user-error.ts";
import { BUILD_CONTEXT, type BuildPlan } from "../release/build-plan.ts";
import type { ProcessRunner } from "./process.ts";

/** Secrets of a build: names in the Dockerfile and files of this machine. */
export type BuildSecrets = Record<string, string>;

/** How many of a failed build's last lines are shown: enough for pip's and apt's own explanation. */
const SHOWN_LINES = 25;

/**
 * Builds one image with BuildKit, through the docker CLI: the Engine API alone has no build secrets.
 *
 * @throws UserError BUILD_FAILED with the last lines of the build
 */
export async function buildImage(
  processes: ProcessRunner,
  plan: BuildPlan,
  secrets: BuildSecrets,
  onLine: (line: string) => void,
): Promise<void> {
  const pairs = (flag: string, values: Record<string, string>): string[] =>
    Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`]);
  const args = [
    "buildx",
    "build",
    "--load",
    "--progress=plain",
    "--provenance=false",
    `--tag=${plan.tag}`,
    `--file=${plan.dockerfile}`,
    ...(plan.target === undefined ? [] : [`--target=${plan.target}`]),
    ...pairs("--build-arg", plan.args),
    ...pairs("--build-context", plan.contexts),
    ...Object.entries(secrets).flatMap(([id, file]) => ["--secret", `id=${id},${csvField(`src=${file}`)}`]),
    BUILD_CONTEXT,
  ];
  const lines: string[] = [];
  const { exitStatus } = await processes.run("docker", args, {
    onLine: (line) => {
      lines.push(line);
      onLine(line);
    },
  });
  if (exitStatus !== 0) throw new UserError("BUILD_FAILED", { image: plan.tag, lines: lines.slice(-SHOWN_LINES) });
}

/** RFC 4180: docker reads such an option as comma-separated values, and a path may have commas and quotes in it. */
function csvField(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
