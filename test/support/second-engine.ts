import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { asRoot, rootCommand } from "./root.ts";
import { type SmallDisk, smallDisk } from "./small-disk.ts";

/**
 * A Docker engine of the test's own, beside that of the machine: it can be killed, and its disk filled. It lives in a
 * network namespace, as a second one would delete the first one's bridge; and in a process namespace, so that with its
 * first process all of its containers end at once, as at a power cut.
 */
export interface SecondEngine extends AsyncDisposable {
  /** What its programs are told. */
  env: { DOCKER_HOST: string };
  /** What its published ports are reached within. */
  within: string[];
  disk: SmallDisk;
  docker(...args: string[]): Promise<string>;
  /** Copies images of the machine's engine. */
  load(...images: string[]): Promise<void>;
  start(): Promise<void>;
  cutPower(): Promise<void>;
}

export interface EngineOptions {
  /** Of dockerd. */
  flags?: readonly string[];
  /**
   * Containers' root is this user of the machine, and their other users those after it (userns-remap): none of them may be
   * kept from the engine's folder.
   */
  remap?: number;
}

/** @param size of the disk, as mount(8) takes it */
export async function secondEngine(
  folder: string,
  size: string,
  { flags = [], remap }: EngineOptions = {},
): Promise<SecondEngine> {
  const name = `biomaid-test-${randomBytes(4).toString("hex")}`;
  const disk = await smallDisk(join(folder, "data"), size);
  const socket = join(folder, "docker.sock");
  const pidFile = join(folder, "unshare.pid");
  const env = { DOCKER_HOST: `unix://${socket}` };
  const within = rootCommand(["nsenter", `--net=/run/netns/${name}`]);
  const docker = async (...args: string[]): Promise<string> => (await execa("docker", args, { env })).stdout;
  const answers = (): Promise<boolean> =>
    docker("version").then(
      () => true,
      () => false,
    );

  /** The engine takes the range from files of the machine, which it finds replaced in its own mount namespace. */
  const remapped = async (dockerd: string[]): Promise<string[]> => {
    if (remap === undefined) return dockerd;
    const ranges = join(folder, "subordinate-ids");
    await writeFile(ranges, `daemon:${remap}:65536\n`);
    const mounts = 'mount --bind "$0" /etc/subuid && mount --bind "$0" /etc/subgid && exec "$@"';
    return ["sh", "-c", mounts, ranges, ...dockerd, "--userns-remap=daemon"];
  };

  const engine: SecondEngine = {
    env,
    within,
    disk,
    docker,
    async load(...images) {
      await execa("sh", ["-c", 'docker save "$@" | DOCKER_HOST=$SECOND docker load', "sh", ...images], {
        env: { SECOND: env.DOCKER_HOST },
      });
    },
    async start() {
      await asRoot("ip", "netns", "add", name);
      await asRoot("ip", "-n", name, "link", "set", "lo", "up");
      await mkdir(join(folder, "exec"), { recursive: true });
      const dockerd = [
        ...["dockerd", "--data-root", disk.path, "--exec-root", join(folder, "exec"), "--pidfile", "/dev/null"],
        ...["--host", env.DOCKER_HOST, "--cgroup-parent", `/${name}`, ...flags],
      ];
      const isolated = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", ...(await remapped(dockerd))];
      const script = 'echo $$ >"$0"; exec "$@" >"$0.log" 2>&1';
      const inside = ["sh", "-c", script, pidFile, "nsenter", `--net=/run/netns/${name}`, ...isolated];
      const [program = "", ...args] = rootCommand(inside);
      const child = execa(program, args, { stdio: "ignore", detached: true, reject: false });
      let ended = false;
      void child.finally(() => {
        ended = true;
      });
      while (!(await answers())) {
        if (ended) throw new Error(`dockerd ended:\n${await readFile(`${pidFile}.log`, "utf8")}`);
        await setTimeout(100);
      }
    },
    async cutPower() {
      const pid = (await readFile(pidFile, "utf8")).trim();
      await asRoot("kill", "-KILL", pid).catch(() => {});
      while (await answers()) await setTimeout(50);
      await asRoot("ip", "netns", "delete", name).catch(() => {});
      await asRoot("rm", "-rf", join(folder, "exec"), socket);
    },
    async [Symbol.asyncDispose]() {
      await engine.cutPower();
      await disk[Symbol.asyncDispose]();
      // A control group stays busy until the kernel has buried its last process.
      const groups = ["/sys/fs/cgroup", "-depth", "-type", "d", "-path", `*/${name}*`];
      const deadline = Date.now() + 20_000;
      while ((await asRoot("find", ...groups)) !== "" && Date.now() < deadline) {
        await asRoot("find", ...groups, "-exec", "rmdir", "{}", "+").catch(() => {});
        await setTimeout(100);
      }
    },
  };
  try {
    await engine.start();
    return engine;
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}
