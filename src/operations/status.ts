import type { ContainerState } from "../adapters/docker.ts";
import { UserError } from "../errors/user-error.ts";
import {
  describeSource,
  hasPublicPasswords,
  type Instance,
  instanceNames,
  isPublished,
  openInstance,
  projectName,
} from "../instance/instance.ts";
import { readLock } from "../instance/lock.ts";
import { PERIODS } from "../instance/periods.ts";
import type { Context } from "./context.ts";
import { instanceAddress } from "./instance-address.ts";
import { type JobRun, readJobHistory } from "./jobs.ts";

export type Condition = "running" | "starting" | "failing" | "down" | "unknown";

export interface ServiceStatus {
  service: string;
  state: string;
  health: ContainerState["health"] | null;
  since: string;
  image: string;
}

export interface InstanceStatus {
  name: string;
  profile: string;
  folder: string;
  url: string;
  condition: Condition;
  source: string;
  commit: string | null;
  bases: string | null;
  services: ServiceStatus[];
  /** The last run of each period. */
  jobs: JobRun[];
  warnings: Warning[];
}

export type Warning = "demoPublished" | "jobFailed" | "sample";

/** Long-running services; init is there, too, and has ended. */
const LASTING = ["db", "app", "web", "cron"];

export async function status(context: Context, name: string): Promise<InstanceStatus> {
  const instance = await openInstance(context.home, name);
  const docker = await context.docker();
  const containers = await docker.containers(projectName(name));
  const history = await readJobHistory(context, instance, []);
  const last = PERIODS.flatMap((period) => history.findLast((run) => run.period === period) ?? []);
  const lock = await readLock(instance.paths.lock);
  const services = containers.map(({ service, state, health, startedAt, image }) => ({
    service,
    state,
    health: health ?? null,
    since: startedAt,
    image,
  }));
  return {
    name,
    profile: instance.profile,
    folder: instance.paths.folder,
    url: instanceAddress(instance).url,
    condition: conditionOf(containers),
    source: describeSource(instance),
    commit: lock?.source?.commit ?? null,
    bases: lock?.bases?.mode ?? null,
    services: services.sort((one, other) => one.service.localeCompare(other.service)),
    jobs: last,
    warnings: warningsOf(instance, last),
  };
}

export interface ListedInstance {
  name: string;
  profile: string | null;
  url: string | null;
  condition: Condition;
}

/** Every instance of the home; one with a broken file, or all when the engine is down, is listed as unknown. */
export async function list(context: Context): Promise<ListedInstance[]> {
  const docker = await context.docker().catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
  const names = await instanceNames(context.home);
  return Promise.all(
    names.map(async (name) => {
      try {
        const instance = await openInstance(context.home, name);
        const condition = docker === undefined ? "unknown" : conditionOf(await docker.containers(projectName(name)));
        return { name, profile: instance.profile, url: instanceAddress(instance).url, condition };
      } catch (error) {
        if (error instanceof UserError) return { name, profile: null, url: null, condition: "unknown" as const };
        throw error;
      }
    }),
  );
}

function conditionOf(containers: ContainerState[]): Condition {
  const lasting = containers.filter(({ service }) => LASTING.includes(service));
  const running = lasting.filter(({ state }) => state === "running");
  if (running.length === 0) return "down";
  if (lasting.some(({ health }) => health === "unhealthy") || running.length < lasting.length) return "failing";
  const settled = running.length === LASTING.length && running.every(({ health }) => health === "healthy");
  return settled ? "running" : "starting";
}

function warningsOf(instance: Instance, last: JobRun[]): Warning[] {
  const warnings: Warning[] = [];
  if (hasPublicPasswords(instance) && isPublished(instance)) warnings.push("demoPublished");
  if (instance.settings.source.sample) warnings.push("sample");
  if (last.some(({ outcome }) => outcome === "failed" || outcome === "killed")) warnings.push("jobFailed");
  return warnings;
}
