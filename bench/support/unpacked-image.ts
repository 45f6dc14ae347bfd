import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Bench } from "./bench.ts";

/** A server that runs on the host. */
export interface BareProcess extends AsyncDisposable {
  /** Waits for its first answer, or throws with what it has printed when there is none. */
  ready(answer: Promise<unknown>): Promise<void>;
}

export interface BareOptions {
  user: string;
  group: string;
  environment?: Record<string, string>;
  /** Folders of the host mounted at other places of the image. */
  mounts?: Record<string, string>;
  /** The file that gets what it prints. */
  log: string;
  /** PID of a process whose network namespace is taken; the host's without. */
  namespace?: string;
}

/**
 * The files of an image in a folder of the host. What runs there is the image's own program with its own libraries, and has
 * nothing of a container: no namespace of PIDs or network, no cgroup, seccomp filter, overlay or log driver.
 */
export class UnpackedImage {
  readonly root: string;
  readonly #environment: Record<string, string>;

  /** @param name of the folder */
  static async unpack(bench: Bench, image: string, name: string): Promise<UnpackedImage> {
    const root = await mkdtemp(join(bench.folder, `${name}-`));
    // Users of the image go in and out.
    await chmod(root, 0o755);
    const container = await bench.run("docker", ["create", image]);
    try {
      const archive = `${root}.tar`;
      await bench.run("docker", ["export", "--output", archive, container]);
      await bench.run("tar", ["-xf", archive, "-C", root, "--same-owner", "--preserve-permissions"]);
      await rm(archive);
    } finally {
      await execa("docker", ["rm", container]);
    }
    const variables = JSON.parse(
      await bench.run("docker", ["image", "inspect", "--format", "{{json .Config.Env}}", image]),
    ) as string[];
    return new UnpackedImage(root, Object.fromEntries(variables.map((variable) => variable.split(/=(.*)/s, 2))));
  }

  private constructor(root: string, environment: Record<string, string>) {
    this.root = root;
    this.#environment = environment;
  }

  /** The path on the host of a path of the image. */
  path(inside: string): string {
    return join(this.root, inside);
  }

  /** Starts a program of the image. */
  start(command: readonly string[], { user, group, environment, mounts, log, namespace }: BareOptions): BareProcess {
    // Mounts in a namespace of their own: they end with the process, before anybody removes the folder.
    const enter = [
      ...(namespace === undefined ? [] : ["nsenter", `--net=/proc/${namespace}/ns/net`]),
      ...["unshare", "--mount", "--propagation=private", "--", "sh", "-euc"],
    ];
    const script = [
      `mount --rbind /dev ${this.root}/dev`,
      `mount --bind /proc ${this.root}/proc`,
      ...Object.entries(mounts ?? {}).map(([inside, outside]) => `mount --bind ${outside} ${this.path(inside)}`),
      `exec chroot ${this.root} setpriv --reuid=${user} --regid=${group} --clear-groups --pdeathsig=TERM -- "$@"`,
    ];
    const [program = "", ...args] = [...enter, script.join("\n"), "sh", ...command];
    const output = openSync(log, "a");
    const child = spawn(program, args, {
      env: { ...this.#environment, ...environment },
      stdio: ["ignore", output, output],
      // A Ctrl-C at the terminal is for the bench, which then ends this.
      detached: true,
    });
    closeSync(output);
    const ended = once(child, "exit");
    const failed = ended.then(([status]) => {
      throw new Error(`${command[0]} ended with status ${status}`);
    });
    failed.catch(() => {});
    return {
      async ready(answer) {
        await Promise.race([answer, failed]).catch(async (cause: Error) => {
          throw new Error(`${cause.message}\n${await readFile(log, "utf8")}`, { cause });
        });
      },
      async [Symbol.asyncDispose]() {
        child.kill("SIGTERM");
        await ended;
      },
    };
  }
}
