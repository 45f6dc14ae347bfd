import type { DataName } from "../../instance/data-places.ts";
import { operatorSecrets } from "../../instance/operator-secrets.ts";
import type { BindMount, Healthcheck, Service, VolumeMount } from "../compose-file.ts";
import { databaseHosts, PATHS, type StackInput, type VOLUMES } from "../input.ts";
import { APPLICATION_MEMORY, WORKER_MEMORY, workerCount } from "../sizing.ts";

/** What every service of the stack has in common: no privilege, nothing to write to, no pull behind the operator's back. */
export const HARDENED = {
  init: true,
  restart: "unless-stopped",
  pull_policy: "never",
  read_only: true,
  cap_drop: ["ALL"],
  security_opt: ["no-new-privileges:true"],
  logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
} satisfies Partial<Service>;

export function volume(source: keyof typeof VOLUMES, target: string): VolumeMount {
  return { type: "volume", source, target };
}

export function readOnlyVolume(source: keyof typeof VOLUMES, target: string): VolumeMount {
  return { ...volume(source, target), read_only: true };
}

/** A volume that may be on a folder of this machine instead. */
export function dataVolume({ instance }: StackInput, data: DataName, target: string): BindMount | VolumeMount {
  const place = instance.settings.volumes[data];
  if (place === undefined) return volume(data, target);
  // Compose takes a dollar sign for the start of a variable.
  const source = place.replaceAll("$", "$$$$");
  return { type: "bind", source, target, bind: { create_host_path: false } };
}

/** A folder is mounted, never a file: a file replaced on the host would stay the old one in the container. */
export function folder(source: string, target: string): BindMount {
  // Compose takes a dollar sign for the start of a variable.
  const escaped = source.replaceAll("$", "$$$$");
  return { type: "bind", source: escaped, target, read_only: true, bind: { create_host_path: false } };
}

/** Polls every second while a container starts, so that those who wait for it wait no longer than needed. */
export function healthcheck(test: string[], startPeriod: string): Healthcheck {
  return { test, interval: "15s", timeout: "10s", retries: 3, start_period: startPeriod, start_interval: "1s" };
}

/** What app, init and cron share: they run the same code with the same settings. */
export function applicationMounts(input: StackInput): (BindMount | VolumeMount)[] {
  const mounts: (BindMount | VolumeMount)[] = [
    folder("./stack/app", PATHS.stack),
    dataVolume(input, "media", PATHS.media),
    volume("state", PATHS.state),
    volume("log", PATHS.log),
    // Upload temporaries and the file cache: on disk, because a tmpfs counts as the container's memory.
    volume("tmp", "/var/tmp"),
  ];
  const { application, source } = input.instance.settings;
  if (application.reload && source.path !== undefined) mounts.push(folder(source.path, PATHS.tree));
  const { local } = input.folders;
  if (local !== undefined) mounts.push(folder(local.source, PATHS.local));
  if (input.folders.settings !== undefined) mounts.push(folder("./settings.d", PATHS.settings));
  const { paths, attachment_roots } = input.instance.settings.application;
  return [...mounts, ...hostFolders(paths, PATHS.imports), ...hostFolders(attachment_roots, PATHS.attachments)];
}

function hostFolders(folders: Record<string, string>, target: string): BindMount[] {
  return Object.entries(folders).map(([name, path]) => folder(path, `${target}/${name}`));
}

export function applicationEnvironment(input: StackInput): Record<string, string> {
  const { time_zone, log_level } = input.instance.settings.application;
  // Upstream's settings read the level there and nowhere else.
  return { TZ: time_zone, DJANGO_LOG_LEVEL: log_level };
}

/** A folder of the source's own needs no outgoing connection; mail, a directory and a database server do. */
export function applicationNetworks({ instance }: StackInput): string[] {
  const { application, database, mail_catcher } = instance.settings;
  return [
    ...(database === undefined ? ["database"] : []),
    ...(application.outgoing ? ["outgoing"] : []),
    ...(mail_catcher === undefined ? [] : ["mail"]),
  ];
}

/** What leads to the database, and to nothing else where that can be. */
export function databaseConnection({ instance }: StackInput): Pick<Service, "networks" | "extra_hosts"> {
  return { networks: [instance.settings.database === undefined ? "database" : "outgoing"], ...databaseHosts(instance) };
}

export function applicationTmpfs(input: StackInput): string[] {
  const tmpfs = ["/tmp:mode=1777,size=256m", "/run/biomaid:uid=10001,gid=10001,mode=0750,size=16m"];
  const source = `${PATHS.source}:uid=10001,gid=10001,mode=0750,size=16m`;
  return input.instance.settings.application.reload ? [...tmpfs, source] : tmpfs;
}

export const APPLICATION_SECRETS = ["secret_key", "database_password"];

/** Those of the services that send mails: all but init. */
export function sendingSecrets({ instance }: StackInput): string[] {
  return [...new Set([...APPLICATION_SECRETS, ...Object.keys(operatorSecrets(instance.settings))])];
}

export function applicationMemory({ instance, machine }: StackInput): string {
  return `${APPLICATION_MEMORY + WORKER_MEMORY * workerCount(instance.settings, machine)}m`;
}
