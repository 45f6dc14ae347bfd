import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type Dockerode from "dockerode";
import { UserError } from "../errors/user-error.ts";
import { LABELS, USERS } from "../stack/input.ts";
import { dockerodeAt } from "./connection.ts";
import { findEndpoint } from "./endpoint.ts";
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
  /** Where it answers, for people: `unix:///var/run/docker.sock`. */
  endpoint(): Promise<string>;
  /** Whether it still answers: what a failed program of Docker's cannot tell apart from other faults. */
  ping(): Promise<void>;
  /** The folder of the engine's machine where images, containers and volumes are. */
  dataFolder(): Promise<string>;
  /** Whether the users of containers have other numbers on the host: userns-remap, rootless mode. */
  mapsUsers(): Promise<boolean>;
  /** What the engine's machine has. */
  capacity(): Promise<Capacity>;
  /** Whether the engine finds a file or folder of this machine under the same path, so that containers can mount it. */
  sees(path: string): Promise<boolean>;
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
   * @param selinux the option that gives it the level of an instance's other containers
   */
  runOnce(
    image: string,
    command: readonly string[],
    mounts: Record<string, string>,
    selinux: string,
  ): Promise<CommandResult>;
  /**
   * Runs a command, as a user, on a folder of the host, which is /folder in a container of its own without network.
   *
   * @param selinux the level that what it writes has, as an option of the engine
   * @returns undefined when the engine finds no such folder
   */
  runInFolder(
    image: string,
    user: string,
    folder: string,
    command: readonly string[],
    selinux: string,
  ): Promise<CommandResult | undefined>;
}

export interface Capacity {
  cores: number;
  /** Bytes. */
  memory: number;
  /** Whether it keeps containers to their limits of memory and processes: an engine without control groups does not. */
  limits: boolean;
  /** Whether it confines containers with SELinux. */
  selinux: boolean;
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
  const endpoint = await findEndpoint(processes, environment);
  const unreachable = (cause: Error): UserError =>
    new UserError("ENGINE_UNREACHABLE", { endpoint: endpoint.address, detail: cause.message }, { cause });
  try {
    const docker = dockerodeAt(endpoint);
    await docker.ping();
    return whileReachable(createEngine(docker, endpoint.address, interruption), unreachable);
  } catch (error) {
    throw unreachable(error as Error);
  }
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

/** No image has this name. */
const NO_IMAGE = "biomaid-compose/none:none";

function createEngine(docker: Dockerode, address: string, interruption: AbortSignal): DockerEngine {
  let known: Promise<EngineInfo> | undefined;
  // None of what is read of it changes while a command runs.
  const info = (): Promise<EngineInfo> => {
    known ??= docker.info() as Promise<EngineInfo>;
    return known;
  };
  return {
    async version() {
      return (await docker.version()).Version;
    },

    async endpoint() {
      return address;
    },

    async ping() {
      await docker.ping();
    },

    async dataFolder() {
      return (await info()).DockerRootDir;
    },

    async mapsUsers() {
      const { SecurityOptions = [] } = await info();
      return SecurityOptions.some((option) => /^name=(userns|rootless)\b/.test(option));
    },

    async capacity() {
      const { NCPU, MemTotal, MemoryLimit, PidsLimit, SecurityOptions } = await info();
      return {
        cores: NCPU,
        memory: MemTotal,
        limits: MemoryLimit && PidsLimit,
        selinux: SecurityOptions.some((option) => option.split(",").includes("name=selinux")),
      };
    },

    async sees(path) {
      // The engine looks for what is to be mounted before it looks for the image, so that nothing is ever made.
      const answer = await docker
        .createContainer({
          Image: NO_IMAGE,
          HostConfig: { Mounts: [{ Type: "bind", Source: path, Target: "/seen", ReadOnly: true }] },
        })
        .then(
          () => "",
          (error: { statusCode?: number; message: string }) => {
            if (error.statusCode === undefined) throw error;
            return error.message;
          },
        );
      return notSeen(answer) === undefined;
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

    async runOnce(image, command, mounts, selinux) {
      // The engine gives a tmpfs the mode of the image's directory, whatever it is told, unless it is told the owner, too.
      const [uid, gid] = USERS.app.split(":");
      const container = await docker.createContainer({
        Image: image,
        Cmd: [...command],
        HostConfig: {
          NetworkMode: "none",
          ReadonlyRootfs: true,
          CapDrop: ["ALL"],
          SecurityOpt: ["no-new-privileges:true", selinux],
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
      return runToEnd(container);
    },

    async runInFolder(image, user, folder, command, selinux) {
      const container = await docker
        .createContainer({
          Image: image,
          User: user,
          Entrypoint: [...command],
          Cmd: [],
          HostConfig: {
            NetworkMode: "none",
            ReadonlyRootfs: true,
            CapDrop: ["ALL"],
            SecurityOpt: ["no-new-privileges:true", selinux],
            Mounts: [{ Type: "bind", Source: folder, Target: "/folder" }],
          },
        })
        .catch((error: { statusCode?: number; message: string }) => {
          if (error.statusCode === 400 && error.message.includes("bind source path does not exist")) return undefined;
          throw error;
        });
      return container && runToEnd(container);
    },
  };
}

async function runToEnd(container: Dockerode.Container): Promise<CommandResult> {
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
}

/** The part of the Engine API's SystemInfo that is read here. */
interface EngineInfo {
  DockerRootDir: string;
  NCPU: number;
  MemTotal: number;
  MemoryLimit: boolean;
  PidsLimit: boolean;
  /** `name=seccomp,profile=builtin`, `name=selinux`, `name=rootless`… */
  SecurityOptions: string[];
}

/**
 * The path in what Docker Engine says of a mount that it does not find or may not look at, and Docker Desktop of one that it
 * was not given; undefined where the message is about something else.
 */
export function notSeen(message: string): string | undefined {
  return /bind source path does not exist: ([^\r\n]+)|mount config for type "bind": stat ([^\r\n]+): permission denied|mounts denied:\s+The path (\S+)/i
    .exec(message)
    ?.slice(1)
    .find((path) => path !== undefined);
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
