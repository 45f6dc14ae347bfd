import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import Dockerode from "dockerode";
import { UserError } from "../errors/user-error.ts";
import { LABELS, USERS } from "../stack/input.ts";
import type { ProcessRunner } from "./process.ts";

/** One container of a Compose project. */
export interface ContainerState {
  id: string;
  service: string;
  /** created, running, restarting, exited… (Engine API, ContainerSummary.State) */
  state: string;
  health: "starting" | "healthy" | "unhealthy" | undefined;
  exitStatus: number;
  startedAt: string;
  image: string;
  uuid: string | undefined;
}

export interface VolumeState {
  name: string;
  uuid: string | undefined;
}

export interface Publisher {
  name: string;
  /** Its Compose project. */
  project: string | undefined;
  /** The name of the BiomAid instance that it is part of. */
  instance: string | undefined;
}

/** What Compose does not tell about the engine and the containers. Any call throws ENGINE_UNREACHABLE when it is gone. */
export interface DockerEngine {
  version(): Promise<string>;
  /** Whether it still answers: what a failed program of Docker's cannot tell apart from other faults. */
  ping(): Promise<void>;
  /** The folder of the engine's machine where images, containers and volumes are. */
  dataFolder(): Promise<string>;
  /** The cores and the memory, in bytes, of the engine's machine. */
  capacity(): Promise<{ cores: number; memory: number }>;
  /** The running container that publishes a TCP port of that address. */
  publisherOf(address: string, port: number): Promise<Publisher | undefined>;
  containers(project: string): Promise<ContainerState[]>;
  volumes(project: string): Promise<VolumeState[]>;
  /** The ID of an image that is there. */
  imageId(reference: string): Promise<string | undefined>;
  /**
   * Whether the image's registry answers for it.
   *
   * @throws UserError INTERRUPTED
   */
  registryHas(reference: string): Promise<boolean>;
  /** @param since leaves out what is older */
  lastLines(containerId: string, count: number, since?: Date): Promise<string[]>;
  /** Runs a command in a running container; undefined when it does not run any more. */
  exec(containerId: string, command: readonly string[]): Promise<CommandResult | undefined>;
  /** Sends a signal to a container's main process; tells whether there was one to send it to. */
  signal(container: string, signal: NodeJS.Signals): Promise<boolean>;
  /** Removes a container, running or not; no matter if there is none. */
  remove(container: string): Promise<void>;
  /**
   * Runs a command in a container of its own, without network, that is removed afterwards.
   *
   * @param mounts volumes, or folders by their absolute paths, and where they are in the container; read-only
   */
  runOnce(image: string, command: readonly string[], mounts: Record<string, string>): Promise<CommandResult>;
}

export interface CommandResult {
  exitStatus: number;
  output: string;
  errors: string;
}

const PROJECT_LABEL = "com.docker.compose.project";
const SERVICE_LABEL = "com.docker.compose.service";
const ONE_OFF_LABEL = "com.docker.compose.oneoff";

const ANY_ADDRESS = ["0.0.0.0", "::"];

/** connect(2), recv(2), send(2): nobody listens, or nobody any more. */
const GONE = new Set(["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"]);

/** Milliseconds for a registry's answer: a network that drops packets must not hold up the command. */
const REGISTRY_TIMEOUT = 15_000;

/**
 * @param interruption ends what may take long, when aborted
 * @throws UserError ENGINE_UNREACHABLE, DOCKER_MISSING
 */
export async function connectDocker(
  processes: ProcessRunner,
  environment: NodeJS.ProcessEnv,
  interruption: AbortSignal,
): Promise<DockerEngine> {
  const endpoint = environment["DOCKER_HOST"] ?? (await contextEndpoint(processes));
  const docker = new Dockerode(endpoint === undefined ? {} : connection(endpoint));
  const unreachable = (cause: Error): UserError =>
    new UserError("ENGINE_UNREACHABLE", { endpoint: endpoint ?? "docker", detail: cause.message }, { cause });
  await docker.ping().catch((cause: Error) => {
    throw unreachable(cause);
  });
  return whileReachable(createEngine(docker, interruption), unreachable);
}

/** An engine that stops or is killed in the middle of a command is told as one that was not there before it. */
function whileReachable(engine: DockerEngine, unreachable: (cause: Error) => UserError): DockerEngine {
  const guarded = Object.entries(engine).map(([name, method]) => [
    name,
    (...args: unknown[]) =>
      Promise.resolve((method as (...args: unknown[]) => unknown)(...args)).catch((error: NodeJS.ErrnoException) => {
        throw GONE.has(error.code ?? "") ? unreachable(error) : error;
      }),
  ]);
  return Object.fromEntries(guarded) as DockerEngine;
}

/** dockerode knows nothing of Docker contexts; the docker CLI does. */
async function contextEndpoint(processes: ProcessRunner): Promise<string | undefined> {
  const result = await processes.run("docker", ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]);
  if (result.missing) throw new UserError("DOCKER_MISSING", {});
  return result.exitStatus === 0 ? result.output.trim() : undefined;
}

function connection(endpoint: string): Dockerode.DockerOptions {
  if (endpoint.startsWith("unix://")) return { socketPath: endpoint.slice("unix://".length) };
  const { protocol, hostname, port, username } = new URL(endpoint);
  const options = { host: hostname, ...(port === "" ? {} : { port }), ...(username === "" ? {} : { username }) };
  return { ...options, protocol: protocol === "ssh:" ? "ssh" : protocol === "https:" ? "https" : "http" };
}

function createEngine(docker: Dockerode, interruption: AbortSignal): DockerEngine {
  return {
    async version() {
      return (await docker.version()).Version;
    },

    async ping() {
      await docker.ping();
    },

    async dataFolder() {
      return ((await docker.info()) as { DockerRootDir: string }).DockerRootDir;
    },

    async capacity() {
      const { NCPU, MemTotal } = (await docker.info()) as { NCPU: number; MemTotal: number };
      return { cores: NCPU, memory: MemTotal };
    },

    async publisherOf(address, port) {
      const isSame = (published: string): boolean =>
        [published, address].some((one) => ANY_ADDRESS.includes(one)) || published === address;
      const found = (await docker.listContainers({ filters: { publish: [`${port}/tcp`] } })).find(({ Ports }) =>
        Ports.some(({ IP, PublicPort }) => PublicPort === port && isSame(IP)),
      );
      if (found === undefined) return undefined;
      const { Names, Id, Labels } = found;
      const name = Names[0]?.replace(/^\//, "") ?? Id;
      return { name, project: Labels[PROJECT_LABEL], instance: Labels[LABELS.instance] };
    },

    async containers(project) {
      const found = await docker.listContainers({ all: true, filters: { label: [`${PROJECT_LABEL}=${project}`] } });
      const lasting = found.filter(({ Labels }) => Labels[ONE_OFF_LABEL] !== "True");
      const states = await Promise.all(
        // Another command may remove one between the list and the look at it.
        lasting.map(({ Id }) => inspect(docker.getContainer(Id)).catch(ifGone(undefined))),
      );
      return states.filter((state) => state !== undefined);
    },

    async volumes(project) {
      const { Volumes } = await docker.listVolumes({ filters: { label: [`${PROJECT_LABEL}=${project}`] } });
      return (Volumes ?? []).map(({ Name, Labels }) => ({ name: Name, uuid: Labels?.[LABELS.uuid] }));
    },

    async imageId(reference) {
      return docker
        .getImage(reference)
        .inspect()
        .then(({ Id }) => Id)
        .catch((error: { statusCode?: number }) => {
          if (error.statusCode === 404) return undefined;
          throw error;
        });
    },

    async registryHas(reference) {
      // Not by dockerode's own call, which cannot be broken off.
      const options = {
        path: `/distribution/${reference}/json`,
        method: "GET",
        statusCodes: { 200: true },
        abortSignal: AbortSignal.any([interruption, AbortSignal.timeout(REGISTRY_TIMEOUT)]),
      };
      const answered = await new Promise<boolean>((done) => {
        docker.modem.dial(options, (error: unknown) => done(!error));
      });
      // What was not answered must not be taken for a no, and kept in the lock.
      if (interruption.aborted) throw new UserError("INTERRUPTED", {});
      return answered;
    },

    async lastLines(containerId, count, since) {
      const raw = await docker.getContainer(containerId).logs({
        stdout: true,
        stderr: true,
        follow: false,
        tail: count,
        ...(since === undefined ? {} : { since: since.getTime() / 1000 }),
      });
      return demultiplex(raw)
        .split("\n")
        .filter((line) => line !== "");
    },

    async exec(containerId, command) {
      return execute(docker, containerId, command).catch(ifGone(undefined));
    },

    async signal(container, signal) {
      return docker
        .getContainer(container)
        .kill({ signal })
        .then(() => true, ifGone(false));
    },

    async remove(container) {
      await docker.getContainer(container).remove({ force: true }).catch(ifGone(undefined));
    },

    async runOnce(image, command, mounts) {
      // The engine gives a tmpfs the mode of the image's directory, whatever it is told, unless it is told the owner, too.
      const [uid, gid] = USERS.app.split(":");
      const container = await docker.createContainer({
        Image: image,
        Cmd: [...command],
        HostConfig: {
          NetworkMode: "none",
          ReadonlyRootfs: true,
          CapDrop: ["ALL"],
          SecurityOpt: ["no-new-privileges:true"],
          Tmpfs: { "/tmp": "", "/run/biomaid": `uid=${uid},gid=${gid},mode=0750` },
          // Not `Binds`, in which a path cannot have a colon.
          Mounts: Object.entries(mounts).map(([source, target]) => ({
            Type: source.startsWith("/") ? "bind" : "volume",
            Source: source,
            Target: target,
            ReadOnly: true,
          })),
        },
      });
      try {
        await container.start();
        const { StatusCode } = (await container.wait()) as { StatusCode: number };
        const [output, errors] = await Promise.all(
          [true, false].map(async (stdout) =>
            demultiplex(await container.logs({ stdout, stderr: !stdout, follow: false })),
          ),
        );
        return { exitStatus: StatusCode, output: output ?? "", errors: errors ?? "" };
      } finally {
        await container.remove({ force: true });
      }
    },
  };
}

/** 404: no such container; 409: it does not run, or is being removed already (Engine API). */
function ifGone<T>(value: T): (error: { statusCode?: number }) => T {
  return (error) => {
    if (error.statusCode === 404 || error.statusCode === 409) return value;
    throw error;
  };
}

async function execute(
  docker: Dockerode,
  containerId: string,
  command: readonly string[],
): Promise<CommandResult | undefined> {
  const container = docker.getContainer(containerId);
  const exec = await container.exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({ hijack: true });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream, stdout, stderr);
  stream.on("end", () => {
    stdout.end();
    stderr.end();
  });
  const [output, errors] = await Promise.all([text(stdout), text(stderr)]);
  const exitStatus = (await exec.inspect()).ExitCode ?? 1;
  // The command did not fail by itself when the container was stopped under it.
  if (exitStatus !== 0 && !(await container.inspect()).State.Running) return undefined;
  return { exitStatus, output, errors };
}

async function inspect(container: Dockerode.Container): Promise<ContainerState> {
  const { Id, Config, State, Image } = await container.inspect();
  return {
    id: Id,
    service: Config.Labels[SERVICE_LABEL] ?? "",
    state: State.Status,
    health: State.Health?.Status as ContainerState["health"],
    exitStatus: State.ExitCode,
    startedAt: State.StartedAt,
    image: Config.Image || Image,
    uuid: Config.Labels[LABELS.uuid],
  };
}

/** Engine API, ContainerAttach, "Stream format": each frame has 8 bytes before it, the last four its length. */
function demultiplex(raw: Buffer): string {
  const parts: Buffer[] = [];
  for (let offset = 0; offset + 8 <= raw.length; ) {
    const length = raw.readUInt32BE(offset + 4);
    parts.push(raw.subarray(offset + 8, offset + 8 + length));
    offset += 8 + length;
  }
  return Buffer.concat(parts).toString("utf8");
}
