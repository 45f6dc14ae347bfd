import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";
import { Network, type StartedNetwork } from "testcontainers";
import { inject } from "vitest";
import { parse } from "yaml";
import { digestOf } from "../../../src/files/digest.ts";
import { type Instance, toInstance } from "../../../src/instance/instance.ts";
import { newLock } from "../../../src/instance/lock.ts";
import { instancePaths } from "../../../src/instance/paths.ts";
import type { InstanceFile } from "../../../src/instance/schema.ts";
import { ensureSecrets } from "../../../src/instance/secrets.ts";
import { installCertificate } from "../../../src/operations/certificate.ts";
import { stackInput } from "../../../src/operations/generate.ts";
import type { Release } from "../../../src/release/release.ts";
import type { ComposeFile, Service } from "../../../src/stack/compose-file.ts";
import { DATABASE } from "../../../src/stack/input.ts";
import type { Machine } from "../../../src/stack/sizing.ts";
import { generateStack } from "../../../src/stack/stack.ts";
import type { Pair } from "../../support/certificates.ts";
import { type Ended, RunningService } from "./running-service.ts";
import { dockerode, NotAwaited, ServiceContainer } from "./service-container.ts";

export type ServiceName = "db" | "init" | "app" | "web" | "cron";
export type Changes = Partial<Service> & { entrypoint?: string[] };

export interface Options {
  /**
   * Runs the sample whatever the suite runs on: for tests that need what only the sample has, its pages, jobs and faults
   * (sample/README.md).
   */
  sample?: boolean;
  /** Another instance whose network and database server this one uses, with a database of its own. */
  beside?: TestInstance;
  /** With `beside`: the instance whose database is copied. Nobody may be connected to it. */
  like?: TestInstance;
  /** Puts files into the instance's folder before the stack is generated. */
  before?: (folder: string) => Promise<void>;
  application?: InstanceFile["application"];
  web?: InstanceFile["web"];
  media?: InstanceFile["media"];
}

/** Never asked, where the number of workers is given. */
export const MACHINE: Machine = { cores: 2, memory: 8e9, disk: undefined };

/**
 * An instance for one test: its folder, network, volumes and containers, all from the files that the CLI generates, and
 * all gone when it is disposed of.
 */
export class TestInstance implements AsyncDisposable {
  readonly instance: Instance;
  readonly database: string;
  /** Changing it makes another release of the same image. */
  releaseKey: string;
  #compose: ComposeFile | undefined;
  readonly #images: Release["images"];
  /** Once: with another UUID it would be another instance on the same database. */
  readonly #lock = newLock("test");
  readonly #network: StartedNetwork;
  readonly #server: TestInstance;
  readonly #disposables: AsyncDisposableStack;
  readonly #services = new Map<ServiceName, RunningService>();

  static async create(options: Options = {}): Promise<TestInstance> {
    await using disposables = new AsyncDisposableStack();
    const name = `test-${randomBytes(4).toString("hex")}`;
    const home = await mkdtemp(join(tmpdir(), "biomaid-integration-"));
    disposables.defer(() => rm(home, { recursive: true, force: true }));
    const instance = toInstance(name, instancePaths(home, name), {
      version: 1,
      profile: "demo",
      source: { sample: true },
      ...(options.application ? { application: options.application } : {}),
      ...(options.web ? { web: options.web } : {}),
      ...(options.media ? { media: options.media } : {}),
    });
    await options.before?.(instance.paths.folder);
    await ensureSecrets(instance.paths.secrets);
    const { beside, like } = options;
    const network = beside ? beside.#network : await startNetwork(name, disposables);
    const database = beside ? name.replace("-", "_") : DATABASE.name;
    if (beside) {
      const file = join(instance.paths.secrets, "database_password");
      await rm(file);
      await writeFile(file, await beside.secret("database_password"), { mode: 0o444 });
      await beside.sql(`CREATE DATABASE ${database} ${like ? `TEMPLATE ${like.database}` : ""}`);
    }
    const created = new TestInstance(
      instance,
      inject(options.sample ? "sampleImages" : "images"),
      database,
      network,
      disposables.move(),
      beside,
    );
    await created.generate();
    return created;
  }

  private constructor(
    instance: Instance,
    images: Release["images"],
    database: string,
    network: StartedNetwork,
    disposables: AsyncDisposableStack,
    server: TestInstance | undefined,
  ) {
    this.instance = instance;
    this.database = database;
    this.#images = images;
    this.releaseKey = digestOf(images.app);
    this.#network = network;
    this.#server = server ?? this;
    this.#disposables = disposables;
    // Deferred last, so done first: volumes and networks can only go when no container uses them.
    disposables.defer(() => this.#removeVolumes());
    disposables.defer(() => this.#removeContainers());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#disposables.disposeAsync();
  }

  /** Generates the stack again, as `up` does after a change of the instance's files. */
  async generate(): Promise<void> {
    const release: Release = { key: this.releaseKey, version: "test", revision: "", images: this.#images };
    const files = generateStack(await stackInput(this.instance, release, this.#lock, MACHINE));
    for (const [path, text] of files) await this.write(path, path.endsWith("/settings.json") ? this.#own(text) : text);
    this.#compose = parse(files.get("compose.yaml") ?? "") as ComposeFile;
  }

  /** Writes a file of the instance's folder. */
  async write(path: string, text: string | Uint8Array): Promise<void> {
    const file = join(this.instance.paths.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** Gives web another certificate, as `up` does. */
  async certify({ certificate, key }: Pair): Promise<void> {
    const files = { certificate: { file: "", text: certificate }, key: { file: "", text: key } };
    await installCertificate(this.instance, files);
  }

  /** Changes settings of web and generates the stack with them. */
  async setWeb(web: Partial<Instance["settings"]["web"]>): Promise<void> {
    Object.assign(this.instance.settings.web, web);
    await this.generate();
  }

  /** Writes a file of settings.d and generates the stack with it. */
  async configure(name: string, python: string): Promise<void> {
    await this.write(`settings.d/${name}`, python);
    await this.generate();
  }

  async removeSettings(): Promise<void> {
    await rm(this.instance.paths.settings, { recursive: true, force: true });
    await this.generate();
  }

  async secret(name: "secret_key" | "database_password"): Promise<string> {
    return readFile(join(this.instance.paths.secrets, name), "utf8");
  }

  /** Starts a service and waits until it is healthy. */
  start(name: Exclude<ServiceName, "init">, changes: Changes = {}): Promise<RunningService> {
    return this.#begin(name, changes, true);
  }

  /** Starts a service and does not wait. */
  launch(name: ServiceName, changes: Changes = {}): Promise<RunningService> {
    return this.#begin(name, changes, false);
  }

  /** Runs the application's image to the end, as init unless told otherwise, and removes the container. */
  async run(command: string[] = ["init"], changes: Changes = {}): Promise<Ended> {
    const service = await this.#begin("init", { command, ...changes }, true);
    const ended = await service.ended();
    await service.remove();
    return ended;
  }

  /** A run that has to succeed; resolves to what it printed. */
  async succeed(command: string[] = ["init"], changes: Changes = {}): Promise<string> {
    const { status, output } = await this.run(command, changes);
    if (status !== 0) throw new Error(`${command.join(" ")}: exit status ${status}\n${output}`);
    return output;
  }

  /** A shell script with the volumes of a service, in its image and as its user. */
  shell(script: string, as: ServiceName = "init"): Promise<string> {
    const { image, user, volumes, tmpfs } = this.definition(as);
    const like = { image, user, volumes: volumes ?? [], tmpfs: tmpfs ?? [] };
    return this.succeed([script], { ...like, entrypoint: ["sh", "-euc"] });
  }

  /** What the generated compose.yaml says of a service. */
  definition(name: ServiceName): Service {
    const service = this.#compose?.services[name];
    if (!service) throw new Error(`compose.yaml has no service ${name}`);
    return service;
  }

  /** The one that was started last under this name. */
  service(name: ServiceName): RunningService {
    const service = this.#services.get(name);
    if (!service) throw new Error(`${name} was not started`);
    return service;
  }

  volumeName(key: string): string {
    const volume = this.#compose?.volumes[key];
    if (!volume) throw new Error(`compose.yaml declares no volume ${key}`);
    return volume.name;
  }

  /** The rows of one query as the application's role, over TCP. */
  async sql(text: string, connection: Partial<pg.ClientConfig> = {}): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({
      host: "127.0.0.1",
      port: await this.#server.service("db").port(5432),
      user: DATABASE.user,
      database: this.database,
      password: await this.secret("database_password"),
      ...connection,
    });
    // A server that is killed resets its connections; the query that it cuts short reports it.
    client.on("error", () => {});
    try {
      await client.connect();
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }

  /** The only value of the only row. */
  async value(text: string): Promise<unknown> {
    const rows = await this.sql(text);
    return Object.values(rows[0] ?? {})[0];
  }

  async #begin(name: ServiceName, changes: Changes, wait: boolean): Promise<RunningService> {
    const { entrypoint, ...rest } = changes;
    const container = new ServiceContainer(
      { ...this.definition(name), ...rest },
      {
        folder: this.instance.paths.folder,
        network: this.#network,
        alias: name,
        volumes: this.#compose?.volumes ?? {},
        label: { "biomaid-compose.test": this.instance.name },
        publish: name === "db" ? [5432] : (this.definition(name).ports ?? []).map(({ target }) => target),
      },
    );
    if (entrypoint) container.withEntrypoint(entrypoint);
    if (!wait) container.withWaitStrategy(new NotAwaited());
    const started = await container.start();
    const running = new RunningService((await dockerode()).getContainer(started.getId()));
    this.#services.set(name, running);
    return running;
  }

  #own(settings: string): string {
    const content = JSON.parse(settings) as { database: { name: string } };
    content.database.name = this.database;
    return JSON.stringify(content);
  }

  async #removeContainers(): Promise<void> {
    const docker = await dockerode();
    const filters = { label: [`biomaid-compose.test=${this.instance.name}`] };
    const containers = await docker.listContainers({ all: true, filters });
    await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  }

  async #removeVolumes(): Promise<void> {
    const docker = await dockerode();
    const { Volumes } = await docker.listVolumes({ filters: { name: [`biomaid-${this.instance.name}_`] } });
    await Promise.all(Volumes.map(({ Name }) => docker.getVolume(Name).remove()));
  }
}

async function startNetwork(name: string, disposables: AsyncDisposableStack): Promise<StartedNetwork> {
  const network = await new Network({ nextUuid: () => `biomaid-${name}` }).start();
  disposables.defer(async () => {
    await network.stop();
  });
  return network;
}
