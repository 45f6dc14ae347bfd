import { readFile } from "node:fs/promises";
import { availableParallelism, release } from "node:os";
import { execa } from "execa";

/** What the figures depend on, in one line. */
export async function machine(): Promise<string> {
  const [load, docker] = await Promise.all([
    readFile("/proc/loadavg", "utf8"),
    execa("docker", ["version", "--format", "engine {{.Server.Version}}"], { reject: false }),
  ]);
  const now = new Date().toISOString().slice(0, 16);
  return [
    now,
    `load ${load.split(" ").slice(0, 3).join(" ")}`,
    `${availableParallelism()} cores`,
    `kernel ${release()}`,
    `Node ${process.version}`,
    docker.stdout,
  ].join(", ");
}
