import type { ContainerState } from "../adapters/docker.ts";
import { UserError } from "../errors/user-error.ts";
import type { CertificateState } from "../instance/certificate.ts";
import { dataPlaces } from "../instance/data-places.ts";
import {
  describeSource,
  type Instance,
  instanceNames,
  isUnderDevelopment,
  openInstance,
} from "../instance/instance.ts";
import { PERIODS } from "../instance/periods.ts";
import { servicesOf } from "../stack/input.ts";
import type { Context } from "./context.ts";
import { type AddressWarning, instanceAddress, instanceUrl } from "./instance-address.ts";
import { type JobRun, readJobHistory } from "./jobs.ts";
import { inspectProject, type Project } from "./ownership.ts";

/** `foreign`: what runs under this name belongs to an instance in another folder. */
export type Condition = "running" | "starting" | "failing" | "down" | "foreign" | "unknown";

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
  /** Where its mails are read; null where they are not caught. */
  mails: string | null;
  condition: Condition;
  /** The server that has its database; null where that is the service db. */
  database: string | null;
  source: string;
  commit: string | null;
  bases: string | null;
  services: ServiceStatus[];
  /** The last run of each period. */
  jobs: JobRun[];
  /** Of its HTTPS; null where it has none. */
  certificate: CertificateState | null;
  warnings: Warning[];
}

export type Warning = AddressWarning | "development" | "foreign" | "jobFailed" | "sample";

export async function status(context: Context, name: string): Promise<InstanceStatus> {
  const instance = await openInstance(context.home, name);
  const project = await inspectProject(context, instance);
  const { lock, foreign } = project;
  const history = foreign ? [] : await readJobHistory(context, instance, project, []);
  const last = PERIODS.flatMap((period) => history.findLast((run) => run.period === period) ?? []);
  const services = (foreign ? [] : project.containers).map(({ service, state, health, startedAt, image }) => ({
    service,
    state,
    health: health ?? null,
    since: startedAt,
    image,
  }));
  const { url, mails, certificate, warnings } = await instanceAddress(instance, lock);
  return {
    name,
    profile: instance.profile,
    folder: instance.paths.folder,
    url,
    mails,
    condition: conditionOf(instance, project),
    database: dataPlaces({ ...instance.settings, volumes: {} }).database ?? null,
    source: describeSource(instance),
    commit: lock.source?.commit ?? null,
    bases: lock.bases?.mode ?? null,
    services: services.sort((one, other) => one.service.localeCompare(other.service)),
    jobs: last,
    certificate,
    warnings: [...(foreign ? (["foreign"] as const) : []), ...warnings, ...otherWarnings(instance, last)],
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
        const condition =
          docker === undefined ? "unknown" : conditionOf(instance, await inspectProject(context, instance));
        return { name, profile: instance.profile, url: instanceUrl(instance), condition };
      } catch (error) {
        if (error instanceof UserError) return { name, profile: null, url: null, condition: "unknown" as const };
        throw error;
      }
    }),
  );
}

function conditionOf(instance: Instance, { containers, foreign }: Project): Condition {
  if (foreign) return "foreign";
  // init is there, too, and has ended.
  const expected: string[] = servicesOf(instance).filter((service) => service !== "init");
  const lasting = containers.filter(({ service }) => expected.includes(service));
  const running = lasting.filter(({ state }) => state === "running");
  if (running.length === 0) return "down";
  if (lasting.some(({ health }) => health === "unhealthy") || running.length < lasting.length) return "failing";
  const settled = running.length === expected.length && running.every(({ health }) => health === "healthy");
  return settled ? "running" : "starting";
}

function otherWarnings(instance: Instance, last: JobRun[]): Warning[] {
  const warnings: Warning[] = [];
  if (instance.settings.source.sample) warnings.push("sample");
  if (isUnderDevelopment(instance)) warnings.push("development");
  if (last.some(({ outcome }) => outcome === "failed" || outcome === "killed")) warnings.push("jobFailed");
  return warnings;
}
