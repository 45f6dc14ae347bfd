import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { inject } from "vitest";
import { parse, parseDocument } from "yaml";
import { type CliOptions, type CliResult, type RunningCli, runCli, startCli } from "./cli.ts";
import { type Container, containersOf, removeImage, removeProject } from "./engine.ts";
import { freePort } from "./ports.ts";
import { application } from "./source.ts";
import { onTerminal, type TerminalOptions, type TerminalSession } from "./terminal.ts";

/** An instance in a home of its own, with a name and a port that nothing else has. */
export interface TestInstance extends AsyncDisposable {
  name: string;
  project: string;
  home: string;
  folder: string;
  port: number;
  url: string;
  /** Runs a command of the CLI with this home. */
  cli(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** The same without waiting for its end. */
  startCli(args: readonly string[], options?: CliOptions): RunningCli;
  /** The same on a pseudo-terminal. */
  onTerminal(args: readonly string[], options?: TerminalOptions): TerminalSession;
  /** `up` as for the first time, with all the options that make this instance. */
  create(options?: CreateOptions): Promise<CliResult>;
  /** The arguments of `create`. */
  creation(source?: readonly string[]): string[];
  /** `docker compose …` in the instance's folder. */
  compose(...args: string[]): Promise<{ stdout: string; stderr: string }>;
  /** One line of SQL; gives what psql prints, unaligned and without titles. */
  sql(query: string): Promise<string>;
  /** Containers by service, one-off ones left out. */
  services(): Promise<Record<string, Container>>;
  get(path: string, init?: RequestInit): Promise<Response>;
  /** Writes a file of the instance's folder. */
  write(path: string, text: string): Promise<void>;
  /** Changes one setting of instance.yaml, as an operator would with an editor; undefined takes it out. */
  set(setting: string, value: unknown): Promise<void>;
}

export interface CreateOptions extends CliOptions {
  source?: readonly string[];
  args?: readonly string[];
}

/**
 * An instance that does not exist yet.
 *
 * @param name that of another test instance, to see two homes fight over one project; the project is then left to the other
 * @param homeName what the folder of instances is called
 */
export async function newInstance(name?: string, homeName = ""): Promise<TestInstance> {
  return instanceNamed(name ?? `e2e-${randomBytes(4).toString("hex")}`, name === undefined, homeName);
}

async function instanceNamed(name: string, ownsProject: boolean, homeName: string): Promise<TestInstance> {
  const root = await mkdtemp(join(tmpdir(), "biomaid-e2e-"));
  const home = join(root, homeName);
  await mkdir(home, { recursive: true });
  const folder = join(home, name);
  const project = `biomaid-${name}`;
  const port = await freePort();
  const options = ({ env, ...rest }: CliOptions = {}): CliOptions => ({
    ...rest,
    env: { BIOMAID_HOME: home, XDG_CACHE_HOME: join(home, ".cache"), ...env },
  });
  const cli = (args: readonly string[], given?: CliOptions) => runCli(args, options(given));
  const creation = (source: readonly string[] = application.options) => [
    ...["up", name, "--profile", "demo", "--port", String(port), "--bases", inject("bases")],
    ...source,
  ];
  const images = new Set<string>();
  const running = new Set<RunningCli>();
  const rememberImages = async (): Promise<void> => {
    for (const { image } of await containersOf(project)) images.add(image);
  };
  return {
    name,
    project,
    home,
    folder,
    port,
    url: `http://localhost:${port}`,
    cli,
    startCli(args, given) {
      const command = startCli(args, options(given));
      running.add(command);
      return command;
    },
    onTerminal: (args, given) => onTerminal(args, { ...given, ...options(given) }),
    creation,
    create: ({ source, args = [], ...given } = {}) => cli([...creation(source), ...args], given),
    async compose(...args) {
      const { stdout, stderr } = await execa("docker", ["compose", ...args], { cwd: folder });
      return { stdout, stderr };
    },
    async sql(query) {
      return (await cli(["psql", name, "--", "-At", "-v", "ON_ERROR_STOP=1", "-c", query])).stdout.trim();
    },
    async services() {
      await rememberImages();
      const lasting = (await containersOf(project)).filter(
        ({ labels }) => labels["com.docker.compose.oneoff"] !== "True",
      );
      return Object.fromEntries(lasting.map((container) => [container.service, container]));
    },
    get: (path, init) => fetch(`http://localhost:${port}${path}`, { redirect: "manual", ...init }),
    async write(path, text) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    },
    async set(setting, value) {
      const file = join(folder, "instance.yaml");
      const document = parseDocument(await readFile(file, "utf8"));
      if (value === undefined) document.deleteIn(setting.split("."));
      else document.setIn(setting.split("."), value);
      await writeFile(file, document.toString());
    },
    async [Symbol.asyncDispose]() {
      try {
        for (const command of running) command.kill("SIGKILL");
        if (!ownsProject) return;
        await rememberImages();
        for (const image of await imagesNamedIn(folder)) images.add(image);
        await removeProject(project);
        const shared = new Set<string>(inject("sharedImages"));
        for (const image of images) if (!shared.has(image)) await removeImage(image);
      } finally {
        await rm(root, { recursive: true, force: true });
      }
    },
  };
}

/** An instance that is up. */
export async function startInstance(options: CreateOptions = {}): Promise<TestInstance> {
  const instance = await newInstance();
  try {
    await instance.create(options);
    return instance;
  } catch (error) {
    await instance[Symbol.asyncDispose]();
    throw error;
  }
}

async function imagesNamedIn(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, "compose.yaml"), "utf8").catch(() => "services: {}");
  const { services } = parse(text) as { services: Record<string, { image: string }> };
  return Object.values(services).map(({ image }) => image);
}
