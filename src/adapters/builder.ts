import { BUILD_CONTEXT, type BuildPlan, type FilesPlan, type Recipe } from "../release/build-plan.ts";
import type { ProcessRunner } from "./process.ts";

/** Secrets of a build: names in the Dockerfile and files of this machine. */
export type BuildSecrets = Record<string, string>;

/** undefined where buildx is not installed. */
export async function buildxVersion(processes: ProcessRunner): Promise<string | undefined> {
  const { exitStatus, output } = await processes.run("docker", ["buildx", "version"]);
  // "github.com/docker/buildx v0.13.1 788433953af10f2a698f5c07611dddce2e08c7a0"
  return exitStatus === 0 ? output.split(" ")[1] : undefined;
}

export interface BuildResult {
  /** undefined when a signal ended it */
  exitStatus: number | undefined;
  /** All that was printed. */
  lines: string[];
}

/** Builds one image with BuildKit, through the docker CLI: the Engine API alone has no build secrets. */
export async function buildImage(
  processes: ProcessRunner,
  plan: BuildPlan,
  secrets: BuildSecrets,
  onLine: (line: string) => void,
): Promise<BuildResult> {
  return build(processes, plan, ["--load", `--tag=${plan.tag}`], secrets, onLine);
}

/** Builds files and writes them, as this user's own, to a folder; the engine keeps nothing but its cache. */
export async function buildFiles(
  processes: ProcessRunner,
  plan: FilesPlan,
  secrets: BuildSecrets,
  onLine: (line: string) => void,
): Promise<BuildResult> {
  return build(processes, plan, [`--output=type=local,${csvField(`dest=${plan.folder}`)}`], secrets, onLine);
}

async function build(
  processes: ProcessRunner,
  plan: Recipe,
  output: string[],
  secrets: BuildSecrets,
  onLine: (line: string) => void,
): Promise<BuildResult> {
  const pairs = (flag: string, values: Record<string, string>): string[] =>
    Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`]);
  const args = [
    "buildx",
    "build",
    ...(await engineBuilder(processes)),
    ...output,
    "--progress=plain",
    "--provenance=false",
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
  return { exitStatus, lines };
}

/**
 * The engine's own builder, which alone sees the engine's images: buildx names it after the Docker context. BUILDX_BUILDER
 * or `docker buildx use` may have chosen another one.
 */
async function engineBuilder(processes: ProcessRunner): Promise<string[]> {
  const { exitStatus, output } = await processes.run("docker", ["context", "show"]);
  return exitStatus === 0 ? [`--builder=${output.trim()}`] : [];
}

/** RFC 4180: docker reads such an option as comma-separated values, and a path may have commas and quotes in it. */
function csvField(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
