import { basename, join, resolve } from "node:path";
import type Dockerode from "dockerode";
import {
  GenericContainer,
  getContainerRuntimeClient,
  type StartedNetwork,
  Wait,
  type WaitStrategy,
} from "testcontainers";
import type { Service } from "../../../src/stack/compose-file.ts";

// Testcontainers' own cleaner is an image from a registry, which the reference host does not reach: TestInstance cleans up.
process.env["TESTCONTAINERS_RYUK_DISABLED"] = "true";

export interface Place {
  /** What the service's relative bind mounts and secrets are relative to. */
  folder: string;
  network: StartedNetwork;
  /** The name by which the other services know this one. */
  alias: string;
  /** Names of the volumes that compose.yaml declares. */
  volumes: Record<string, { name: string }>;
  /** Marks all that belongs to one test, for its clean-up. */
  label: Record<string, string>;
  /** Ports published on 127.0.0.1, each on a free port. */
  publish: number[];
}

/** A service of the generated compose.yaml as a container of Testcontainers: same user, mounts, limits and hardening. */
export class ServiceContainer extends GenericContainer {
  constructor(service: Service, place: Place) {
    super(service.image);
    this.withUser(service.user)
      .withEnvironment(service.environment ?? {})
      .withLabels(place.label)
      .withNetwork(place.network)
      .withTmpFs(Object.fromEntries((service.tmpfs ?? []).map((entry) => splitAtFirst(entry, ":"))))
      .withDroppedCapabilities(...service.cap_drop)
      .withSecurityOpt(...service.security_opt)
      .withAutoRemove(false);
    if (service.command) this.withCommand(service.command);
    if (place.publish.length > 0) this.withExposedPorts(...place.publish);
    Object.assign(this.createOpts, {
      NetworkingConfig: { EndpointsConfig: { [place.network.getName()]: { Aliases: [place.alias] } } },
      ...(service.stop_signal ? { StopSignal: service.stop_signal } : {}),
      ...(service.healthcheck ? { Healthcheck: healthcheck(service.healthcheck) } : {}),
    } satisfies Partial<Dockerode.ContainerCreateOptions>);
    Object.assign(this.hostConfig, {
      Init: service.init,
      ReadonlyRootfs: service.read_only,
      Memory: bytes(service.mem_limit),
      PidsLimit: service.pids_limit,
      RestartPolicy: { Name: service.restart },
      Mounts: mounts(service, place),
      PortBindings: Object.fromEntries(
        place.publish.map((port) => [`${port}/tcp`, [{ HostIp: "127.0.0.1", HostPort: "0" }]]),
      ),
      ...(service.shm_size ? { ShmSize: bytes(service.shm_size) } : {}),
    } satisfies Dockerode.HostConfig);
    this.withWaitStrategy(service.healthcheck ? Wait.forHealthCheck() : new Ended());
  }
}

/** Waits for the end of a one-shot, whatever its exit status: tests are about failures too. */
class Ended implements WaitStrategy {
  async waitUntilReady(container: Dockerode.Container): Promise<void> {
    await container.wait();
  }
  withStartupTimeout(): this {
    return this;
  }
  isStartupTimeoutSet(): boolean {
    return false;
  }
  getStartupTimeout(): number {
    return 0;
  }
}

/** For a container that the test itself watches. */
export class NotAwaited extends Ended {
  override async waitUntilReady(): Promise<void> {}
}

export async function dockerode(): Promise<Dockerode> {
  return (await getContainerRuntimeClient()).container.dockerode;
}

function mounts(service: Service, place: Place): Dockerode.MountConfig {
  const secrets = (service.secrets ?? []).map((name) => ({
    Type: "bind" as const,
    Source: join(place.folder, "secrets", name),
    Target: `/run/secrets/${basename(name)}`,
    ReadOnly: true,
  }));
  const others = (service.volumes ?? []).map((mount) => ({
    Type: mount.type,
    Source:
      mount.type === "bind"
        ? resolve(place.folder, mount.source.replaceAll("$$", "$"))
        : volumeName(place, mount.source),
    Target: mount.target,
    ReadOnly: mount.read_only ?? false,
  }));
  return [...secrets, ...others];
}

function volumeName(place: Place, key: string): string {
  const volume = place.volumes[key];
  if (!volume) throw new Error(`compose.yaml declares no volume ${key}`);
  return volume.name;
}

function healthcheck(check: NonNullable<Service["healthcheck"]>): Dockerode.HealthConfig & { StartInterval: number } {
  return {
    Test: check.test,
    Interval: nanoseconds(check.interval),
    Timeout: nanoseconds(check.timeout),
    Retries: check.retries,
    StartPeriod: nanoseconds(check.start_period),
    StartInterval: nanoseconds(check.start_interval),
  };
}

function nanoseconds(duration: string): number {
  return Number.parseInt(duration, 10) * 1e9;
}

function bytes(size: string): number {
  return Number.parseInt(size, 10) * (size.endsWith("g") ? 2 ** 30 : 2 ** 20);
}

function splitAtFirst(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + 1)];
}
