import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { exists } from "../files/exists.ts";
import { isLoopback } from "./addresses.ts";
import { parseInstanceFile } from "./document.ts";
import type { Lock } from "./lock.ts";
import { INSTANCE_NAME, type ProfileName } from "./names.ts";
import { type InstancePaths, instancePaths } from "./paths.ts";
import { httpsPort, PROFILES } from "./profiles.ts";
import type { InstanceFile, Mail, Settings, Source } from "./schema.ts";
import { withDatabaseDefaults } from "./settings/database.ts";
import { GMAO_PORT } from "./settings/gmao.ts";
import { withLdapDefaults } from "./settings/ldap.ts";
import { HOST_PROXY } from "./settings/web.ts";

/** One BiomAid: its name, its folder and all of its settings. */
export interface Instance {
  name: string;
  profile: ProfileName;
  paths: InstancePaths;
  settings: Settings;
}

/** The name of the instance's Compose project. */
export function projectName(name: string): string {
  return `biomaid-${name}`;
}

/**
 * @throws UserError INSTANCE_NOT_FOUND, INSTANCE_FILE_INVALID, INSTANCE_FILE_NEWER, INSTANCE_NAME_INVALID,
 *   DEMO_PUBLISHED, and those of refuseConflicts
 */
export async function openInstance(home: string, name: string): Promise<Instance> {
  const { paths, text } = await readInstance(home, name);
  return toInstance(name, paths, parseInstanceFile(text, paths.file));
}

/**
 * An instance.yaml as it is, right or wrong.
 *
 * @throws UserError INSTANCE_NOT_FOUND, INSTANCE_NAME_INVALID
 */
export async function readInstance(home: string, name: string): Promise<{ paths: InstancePaths; text: string }> {
  const paths = instancePaths(home, name);
  const text = await readFile(paths.file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") throw new UserError("INSTANCE_NOT_FOUND", { name, home }, { cause });
    throw cause;
  });
  return { paths, text };
}

/** The instance that a file describes: the profile's defaults with the file's settings on top. */
export function toInstance(name: string, paths: InstancePaths, file: InstanceFile): Instance {
  const defaults = PROFILES[file.profile];
  const source = absolute(file.source ?? defaults.source, paths.folder);
  const catcher = file.mail_catcher ?? defaults.mail_catcher;
  const settings: Settings = {
    source,
    application: applicationSettings(defaults.application, file.application, source, paths.folder),
    web: webSettings(defaults.web, file.web, paths.folder),
    media: overlay(defaults.media, file.media),
    ...(file.mail === undefined ? {} : { mail: withMailDefaults(file.mail) }),
    ...(file.mail !== undefined || catcher === undefined ? {} : { mail_catcher: catcher }),
    ...(file.database === undefined ? {} : { database: withDatabaseDefaults(file.database) }),
    volumes: overlay(defaults.volumes, file.volumes),
    ...(file.ldap === undefined ? {} : { ldap: withLdapDefaults(file.ldap) }),
    ...(file.gmao === undefined ? {} : { gmao: { ...file.gmao, port: file.gmao.port ?? GMAO_PORT } }),
    bases: file.bases ?? defaults.bases,
  };
  const instance = { name, profile: file.profile, paths, settings };
  refuseConflicts(instance);
  requireNeeds(instance);
  refusePublishedDemo(instance, undefined);
  return instance;
}

/** Mounting and the toolbar are a profile's wish: they follow where it can be had. What the file asks for is asked for. */
function applicationSettings(
  defaults: Settings["application"],
  file: InstanceFile["application"],
  source: Source,
  folder: string,
): Settings["application"] {
  const application = overlay(defaults, file);
  const { debug, oracle_client } = application;
  return {
    ...application,
    debug_toolbar: file?.debug_toolbar ?? (defaults.debug_toolbar && debug),
    reload: file?.reload ?? (defaults.reload && debug && isFolder(source)),
    ...(oracle_client === undefined ? {} : { oracle_client: resolve(folder, oracle_client) }),
  };
}

/** A folder as it is, and not one of its commits. */
function isFolder({ path, ref }: Source): boolean {
  return path !== undefined && ref === undefined;
}

function webSettings(defaults: Settings["web"], file: InstanceFile["web"], folder: string): Settings["web"] {
  const web = overlay(defaults, file);
  if (web.tls === undefined) return web;
  const port = file?.port ?? httpsPort(defaults.port);
  const { certificate, key } = web.tls;
  return { ...web, port, tls: { ...web.tls, certificate: resolve(folder, certificate), key: resolve(folder, key) } };
}

/**
 * What only settings of the file and of the profile together tell.
 *
 * @throws UserError DEBUG_PUBLISHED, DEBUG_NEEDED, RELOAD_NEEDS_FOLDER, MAIL_PORT_SAME, REDIRECT_PORT_SAME,
 *   HOST_PROXY_PUBLISHED, DATABASE_TWICE
 */
function refuseConflicts(instance: Instance): void {
  const { application, database, volumes, web, source, mail_catcher } = instance.settings;
  const path = instance.paths.file;
  if (database !== undefined && volumes.database !== undefined) throw new UserError("DATABASE_TWICE", { path });
  // Pages of failures show settings and variables, and the toolbar every query: to nobody but who sits at this machine.
  if (application.debug && isReachable(instance))
    throw new UserError("DEBUG_PUBLISHED", { name: instance.name, path, ...reachedBy(instance) });
  for (const setting of ["debug_toolbar", "reload"] as const) {
    if (application[setting] && !application.debug)
      throw new UserError("DEBUG_NEEDED", { path, setting: `application.${setting}` });
  }
  if (application.reload && !isFolder(source))
    throw new UserError("RELOAD_NEEDS_FOLDER", { path, source: describeSource(instance) });
  if (mail_catcher !== undefined && publishedPorts(instance).some(({ port }) => port === mail_catcher.port))
    throw new UserError("MAIL_PORT_SAME", { path, port: mail_catcher.port });
  if (web.tls?.redirect_port === web.port) throw new UserError("REDIRECT_PORT_SAME", { path, port: web.port });
  if (web.trusted_proxies.includes(HOST_PROXY) && isPublished(instance))
    throw new UserError("HOST_PROXY_PUBLISHED", { path, address: web.address });
}

/** The groups of settings that need a way to other machines, and the Poetry extra that they need, too. */
const NEEDS = { mail: undefined, database: undefined, ldap: "ldap", gmao: "oracle" } as const;

/** @throws UserError SETTING_NEEDS_OUTGOING, SETTING_NEEDS_EXTRA */
function requireNeeds({ name, paths, settings }: Instance): void {
  const { source, application } = settings;
  for (const [setting, extra] of Object.entries(NEEDS) as [keyof typeof NEEDS, string | undefined][]) {
    if (settings[setting] === undefined) continue;
    const where = { name, path: paths.file, setting };
    if (!application.outgoing) throw new UserError("SETTING_NEEDS_OUTGOING", where);
    // A ready image has what it was built with.
    if (extra !== undefined && source.image === undefined && !application.extras.includes(extra))
      throw new UserError("SETTING_NEEDS_EXTRA", { ...where, extra, value: [...application.extras, extra].join(", ") });
  }
}

/**
 * @param lock what is known of the instance's data, where there is some
 * @throws UserError DEMO_PUBLISHED
 */
export function refusePublishedDemo(instance: Instance, lock: Lock | undefined): void {
  const { name, paths, settings } = instance;
  if (isPublishedDemo(instance, lock) && !settings.web.publish_demo) {
    throw new UserError("DEMO_PUBLISHED", { name, path: paths.file, ...reachedBy(instance) });
  }
}

/** The setting by which other machines reach an instance, and its value. */
function reachedBy(instance: Instance): { setting: "web.address" | "web.url"; value: string } {
  const { address, url = "" } = instance.settings.web;
  return isPublished(instance) ? { setting: "web.address", value: address } : { setting: "web.url", value: url };
}

/** Whether other machines can reach users whose passwords are public. */
export function isPublishedDemo(instance: Instance, lock: Lock | undefined): boolean {
  return (hasPublicPasswords(instance) || lock?.fixtures !== undefined) && isReachable(instance);
}

function isReachable(instance: Instance): boolean {
  return isPublished(instance) || isProxied(instance);
}

/** Whether a proxy lets other machines reach it, wherever the web port itself listens. */
function isProxied({ settings: { web } }: Instance): boolean {
  if (web.url === undefined) return false;
  const { hostname } = new URL(web.url);
  return hostname !== "localhost" && !isLoopback(hostname.replace(/^\[(.*)\]$/, "$1"));
}

/** A folder is named from where the file is, wherever the command is called: never a word that git takes for an address. */
function absolute(source: Source, folder: string): Source {
  return source.path === undefined ? source : { ...source, path: resolve(folder, source.path) };
}

/** RFC 8314, 3.3, and RFC 5321, 4.5.4.2: the ports of submission over TLS, of submission, and of SMTP. */
export const MAIL_PORTS = { tls: 465, starttls: 587, none: 25 };

function withMailDefaults(mail: NonNullable<Mail>): NonNullable<Mail> {
  const security = mail.security ?? "starttls";
  return { ...mail, security, port: mail.port ?? MAIL_PORTS[security] };
}

/** A parsed file has no key without a value, though its type allows undefined. */
function overlay<T extends object>(defaults: T, changes: { [K in keyof T]?: T[K] | undefined } | undefined): T {
  return { ...defaults, ...(changes as Partial<T> | undefined) };
}

/** Fixtures bring users whose passwords anyone can read in the application's source. */
export function hasPublicPasswords(instance: Instance): boolean {
  return instance.settings.application.fixtures.length > 0;
}

/** Whether other machines can reach the web port. */
export function isPublished(instance: Instance): boolean {
  return !isLoopback(instance.settings.web.address);
}

/** The first of web.hosts, as a name that can be called: Django's `.example.org` stands for example.org and all below it. */
export function mainHost({ settings }: Instance): string {
  const [first = "localhost"] = settings.web.hosts;
  return first.replace(/^\./, "");
}

/** A port of this machine that leads to web, or to the page with the mails. */
export interface PublishedPort {
  port: number;
  speaks: "http" | "https";
  /** Where it is set. */
  setting: "web.port" | "web.tls.redirect_port" | "mail_catcher.port";
  /** Of this machine. */
  address: string;
}

/** Whatever web.address is: mails hold links to set passwords. */
export const MAIL_PAGE_ADDRESS = "127.0.0.1";

/** Every port of this machine that the instance takes. */
export function takenPorts(instance: Instance): PublishedPort[] {
  const { mail_catcher } = instance.settings;
  const ports = publishedPorts(instance);
  if (mail_catcher === undefined) return ports;
  return [
    ...ports,
    { port: mail_catcher.port, speaks: "http", setting: "mail_catcher.port", address: MAIL_PAGE_ADDRESS },
  ];
}

export function publishedPorts({ settings: { web } }: Instance): PublishedPort[] {
  const { tls, port, address } = web;
  if (tls === undefined) return [{ port, speaks: "http", setting: "web.port", address }];
  const main: PublishedPort = { port, speaks: "https", setting: "web.port", address };
  const { redirect_port } = tls;
  if (redirect_port === undefined) return [main];
  return [main, { port: redirect_port, speaks: "http", setting: "web.tls.redirect_port", address }];
}

/** What people type to get there: the address of a proxy in front, where there is one. Without a slash at its end. */
export function publicUrl(instance: Instance): string {
  const { url } = instance.settings.web;
  return url === undefined ? ownUrl(instance, mainHost(instance)) : new URL(url).origin;
}

/** @param host a name, or an address as it stands in a URL */
export function ownUrl({ settings: { web } }: Instance, host: string): string {
  const [scheme, usual] = web.tls === undefined ? ["http", 80] : ["https", 443];
  return `${scheme}://${host}${web.port === usual ? "" : `:${web.port}`}`;
}

/** The names that the application answers to: those of web.hosts, and that of web.url. */
export function acceptedHosts({ settings: { web } }: Instance): string[] {
  if (web.url === undefined) return web.hosts;
  return [...new Set([...web.hosts, new URL(web.url).hostname])];
}

/** Where the application's code comes from, for people. */
export function describeSource({ settings: { source } }: Instance): string {
  const place = source.git ?? source.path ?? source.image ?? "sample";
  return source.ref === undefined ? place : `${place} ${source.ref}`;
}

/** The guide, 1.2.2.4: the branch of development, not to be used in production. */
export const DEVELOPMENT_BRANCH = "main";

/** Whether a production instance takes its code from the branch of development, or from whichever is the default one. */
export function isUnderDevelopment({ profile, settings: { source } }: Instance): boolean {
  if (profile !== "production") return false;
  if (source.ref === undefined) return source.git !== undefined;
  return source.ref.replace(/^refs\/heads\/|^heads\//, "") === DEVELOPMENT_BRANCH;
}

/** The names of the instances of a home, sorted. */
export async function instanceNames(home: string): Promise<string[]> {
  if (!(await exists(home))) return [];
  const names: string[] = [];
  for (const name of (await readdir(home)).sort()) {
    if (INSTANCE_NAME.test(name) && (await exists(join(home, name, "instance.yaml")))) names.push(name);
  }
  return names;
}
