import { dataPlaces } from "../instance/data-places.ts";
import { type Instance, projectName } from "../instance/instance.ts";
import type { Release } from "../release/release.ts";
import type { Machine } from "./sizing.ts";

/** All that a stack is generated from: the same input gives the same bytes. */
export interface StackInput {
  instance: Instance;
  release: Release;
  uuid: string;
  generation: number;
  machine: Machine;
  /** Counts the times that a secret was replaced: what a container is made of must never tell anything about its value. */
  secretsRevision: number;
  /**
   * The folders that the operator keeps, undefined where there is no such folder: of the local one where it is, of both the
   * digest.
   */
  folders: { local: { source: string; digest: string } | undefined; settings: string | undefined };
  /** Which folder web serves the documentation from: a container keeps the one that was there when it was made. */
  documentation: string | undefined;
  /** What `mail` names: the certificates of its authorities. */
  mail: { authorities: string | undefined };
  /** The same of `database`. */
  database: { authorities: string | undefined };
  /** The same of `ldap`. */
  ldap: { authorities: string | undefined };
  /** Texts of the files in compose/templates, by name. */
  templates: ReadonlyMap<string, string>;
}

/** The services of a stack with all that there can be, in the order in which they depend on each other. */
export const SERVICES = ["db", "init", "app", "web", "cron", "mail"] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Those that an instance has: without db where its database is on a server of the operator's. */
export function servicesOf({ settings: { application, database, mail_catcher } }: Instance): ServiceName[] {
  const absent: ServiceName[] = [];
  if (database !== undefined) absent.push("db");
  if (!application.jobs) absent.push("cron");
  if (mail_catcher === undefined) absent.push("mail");
  return SERVICES.filter((service) => !absent.includes(service));
}

/** The volumes of a stack: their keys in compose.yaml, and what follows the project in their names. */
export const VOLUMES = {
  // The major version is in the name: another one can not read these files.
  database: "postgresql-14",
  media: "media",
  static: "static",
  state: "state",
  log: "log",
  socket: "socket",
  tmp: "tmp",
  web_tmp: "web-tmp",
} as const;

export function volumeName({ name }: Instance, key: keyof typeof VOLUMES): string {
  return `${projectName(name)}_${VOLUMES[key]}`;
}

/** What of VOLUMES an instance has as Docker's own: neither on a folder of this machine nor on a server. */
export function ownVolumes({ settings }: Instance): (keyof typeof VOLUMES)[] {
  const elsewhere = dataPlaces(settings);
  return (Object.keys(VOLUMES) as (keyof typeof VOLUMES)[]).filter((key) => !(key in elsewhere));
}

/** The users of the containers (docs/architecture.md has the table). web shares the group of app, to reach its socket. */
export const USERS = { app: "10001:10001", web: "10002:10001", mail: "10003:10003", db: "999:999" } as const;

/** Where things are inside the containers; images/ relies on the same paths. */
export const PATHS = {
  /** Of a mounted source: the folder itself. What the application sees of it is made of links (source_tree.py). */
  tree: "/srv/biomaid/tree",
  source: "/srv/biomaid/source",
  stack: "/etc/biomaid/stack",
  local: "/etc/biomaid/local",
  settings: "/etc/biomaid/settings.d",
  imports: "/srv/biomaid/imports",
  attachments: "/srv/biomaid/attachments",
  media: "/srv/biomaid/media",
  static: "/srv/biomaid/static",
  log: "/srv/biomaid/log",
  state: "/srv/biomaid/state",
  socket: "/srv/biomaid/socket",
  nginx: "/etc/nginx/biomaid",
  tls: "/run/secrets/tls",
  documentation: "/srv/biomaid/documentation",
} as const;

/** images/mail/mail_catcher.py has the same ports. */
export const MAIL_CATCHER = {
  host: "mail",
  smtpPort: 1025,
  pagePort: 8025,
  sender: "BiomAid <biomaid@localhost>",
} as const;

export const DATABASE = { name: "biomaid", user: "biomaid" } as const;

/** In a folder of `volumes`: the UUID of the instance that it belongs to. */
export const MARKER = ".biomaid-compose";

/** The name by which containers reach the machine that they are on, and what Compose makes it from. */
const HOST_GATEWAY = "host.docker.internal";

/** For the services that connect to the database: what the engine does not know by itself on Linux. */
export function databaseHosts({ settings: { database } }: Instance): { extra_hosts?: string[] } {
  return extraHosts([database?.host]);
}

/** The same for those that connect to every server of the settings. */
export function applicationHosts({ settings }: Instance): { extra_hosts?: string[] } {
  const { database, mail, ldap, gmao } = settings;
  const directories = (ldap?.urls ?? []).map((url) => new URL(url).hostname);
  return extraHosts([database?.host, mail?.host, gmao?.host, ...directories]);
}

function extraHosts(hosts: (string | undefined)[]): { extra_hosts?: string[] } {
  if (!hosts.some((host) => host?.toLowerCase() === HOST_GATEWAY)) return {};
  return { extra_hosts: [`${HOST_GATEWAY}:host-gateway`] };
}

/** The certificates that a database server is checked with: those of an authority of the operator's, else of the image. */
export function databaseAuthorities({ database }: StackInput): string {
  return database.authorities === undefined
    ? "/etc/ssl/certs/ca-certificates.crt"
    : `${PATHS.stack}/database-authorities.pem`;
}

/** Ports inside web: of HTTP, and of HTTPS where the instance has it. */
export const WEB_PORT = 8080;
export const WEB_TLS_PORT = 8443;

export const LABELS = {
  instance: "biomaid-compose.instance",
  uuid: "biomaid-compose.uuid",
  inputs: "biomaid-compose.inputs",
} as const;

export function identityLabels(input: StackInput): Record<string, string> {
  return { [LABELS.instance]: input.instance.name, [LABELS.uuid]: input.uuid };
}
