import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { BUILT_CLI, commandEnvironment } from "../../test/support/cli.ts";
import { removeProject } from "../../test/support/engine.ts";
import { freePort } from "../../test/support/ports.ts";
import type { Bench } from "./bench.ts";
import { seconds } from "./pairs.ts";

/** An instance of the profile demo, in a home of its own, made by the built CLI. */
export class BenchInstance implements AsyncDisposable {
  readonly name: string;
  readonly port: number;
  readonly folder: string;
  readonly #bench: Bench;
  readonly #home: string;

  /** One that does not exist yet. */
  static async reserve(bench: Bench): Promise<BenchInstance> {
    const instance = new BenchInstance(bench, `bench-${randomBytes(4).toString("hex")}`, await freePort());
    await mkdir(instance.#home);
    return instance;
  }

  private constructor(bench: Bench, name: string, port: number) {
    this.#bench = bench;
    this.name = name;
    this.port = port;
    this.#home = join(bench.folder, name);
    this.folder = join(this.#home, name);
  }

  /** `biomaid-compose up`; gives the seconds that it took. The first one makes the instance. */
  up(): Promise<number> {
    const { source, ref } = this.#bench.options;
    const args = ["up", this.name, "--profile", "demo", "--port", String(this.port), "--source", source];
    return seconds(() => this.cli(ref === undefined ? args : [...args, "--ref", ref]));
  }

  cli(args: readonly string[]): Promise<string> {
    // Repositories of sources are kept for all instances of one bench, as they are on an operator's machine.
    const env = commandEnvironment({ BIOMAID_HOME: this.#home, XDG_CACHE_HOME: join(this.#bench.folder, "cache") });
    return this.#bench.run(process.execPath, [BUILT_CLI, ...args], { env });
  }

  /** `docker compose …` in the instance's folder. */
  compose(...args: string[]): Promise<string> {
    return this.#bench.run("docker", ["compose", ...args], { cwd: this.folder });
  }

  /** What the engine knows about a service's container, as a Go template. */
  async inspect(service: string, template: string): Promise<string> {
    const id = await this.compose("ps", "--all", "--quiet", service);
    return this.#bench.run("docker", ["inspect", "--format", template, id]);
  }

  /** Of a service's first process, on the host. */
  async pid(service: string): Promise<string> {
    return this.inspect(service, "{{.State.Pid}}");
  }

  /** The folder of the host that holds a volume, by its name in compose.yaml. */
  async volume(name: string): Promise<string> {
    const { volumes } = JSON.parse(await this.compose("config", "--format", "json")) as {
      volumes: Record<string, { name: string }>;
    };
    return this.#bench.run("docker", ["volume", "inspect", "--format", "{{.Mountpoint}}", volumes[name]?.name ?? name]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeProject(`biomaid-${this.name}`);
    await rm(this.#home, { recursive: true, force: true });
  }
}
