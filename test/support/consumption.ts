import Dockerode from "dockerode";
import { execa } from "execa";

const docker = new Dockerode();

/** What a container uses at one moment: proc(5) inside, and what the engine reads of its cgroup. */
export interface Consumption {
  processes: number;
  zombies: number;
  /** Open files of all its processes. */
  files: number;
  /** Bytes that are no cache: what can not be given back. */
  memory: number;
  restarts: number;
  outOfMemory: boolean;
}

/** The shell that looks, and what it starts, count as little as they can: one process and its files. */
const LOOK = `
processes=0 zombies=0 files=0
for p in /proc/[0-9]*; do
  read -r stat <$p/stat || continue
  processes=$((processes + 1))
  case \${stat##*) } in Z*) zombies=$((zombies + 1));; esac
  for f in $p/fd/*; do files=$((files + 1)); done
done 2>/dev/null
echo "$processes $zombies $files"
`;

export async function consumptionOf(id: string): Promise<Consumption> {
  const { stdout } = await execa("docker", ["exec", id, "sh", "-c", LOOK]);
  const [processes = 0, zombies = 0, files = 0] = stdout.split(" ").map(Number);
  const container = docker.getContainer(id);
  const { RestartCount: restarts, State } = await container.inspect();
  const { memory_stats } = await container.stats({ stream: false, "one-shot": true });
  // cgroups v2 and v1 call it differently.
  const { anon, total_rss } = memory_stats.stats as { anon?: number; total_rss?: number };
  const memory = anon ?? total_rss ?? Number.NaN;
  return { processes, zombies, files, memory, restarts, outOfMemory: State.OOMKilled };
}

/** Sizes of the files below folders of a container, by path. */
export async function filesIn(container: string, ...folders: string[]): Promise<Map<string, number>> {
  const { stdout } = await execa("docker", [
    "exec",
    container,
    "find",
    ...folders,
    "-type",
    "f",
    "-printf",
    "%s %p\\n",
  ]);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => [line.slice(line.indexOf(" ") + 1), Number.parseInt(line, 10)]));
}

/** The files that are new, or larger than before. */
export function grown(before: Map<string, number>, after: Map<string, number>): string[] {
  return [...after].filter(([path, size]) => size > (before.get(path) ?? -1)).map(([path]) => path);
}
