import { stringify } from "smol-toml";
import { digestOf } from "../files/digest.ts";
import { acceptedHosts, type Instance, publicUrl } from "../instance/instance.ts";
import { sourceLocal } from "../instance/local.ts";
import { GMAO_SECRET, LDAP_SECRET, MAIL_SECRET } from "../instance/operator-secrets.ts";
import { DATABASE, MAIL_CATCHER, PATHS, type StackInput } from "./input.ts";
import { workerCount } from "./sizing.ts";

/**
 * stack/app/settings.json: what the Django settings module in the image reads (images/biomaid/runtime/instance_settings.py).
 * `inputs` is the digest of all that can make migrations, checks or static files come out differently.
 */
export function applicationSettings(input: StackInput): string {
  const { name, settings } = input.instance;
  const { application, web, media } = settings;
  const url = publicUrl(input.instance);
  const content = {
    instance: name,
    uuid: input.uuid,
    release: input.release.key,
    local: sourceLocal(input.instance) ?? null,
    allowed_hosts: acceptedHosts(input.instance),
    default_domain: url,
    secure_cookies: url.startsWith("https:"),
    // A proxy may hand the request on by HTTP and under another name than the one that the browser sends as the form's origin.
    trusted_origins: web.url === undefined ? [] : [url],
    debug: application.debug,
    debug_toolbar: application.debug_toolbar,
    reload: application.reload,
    language: application.language,
    time_zone: application.time_zone,
    session_cookie_name: sessionCookie(input.instance),
    database: databaseSettings(input),
    fixtures: application.fixtures,
    workers: workerCount(settings, input.machine),
    request_timeout: application.timeout,
    admins: application.admins.map(({ name, email }) => [name, email]),
  };
  const inputs = digestOf(JSON.stringify(content), input.folders.local?.digest ?? "", input.folders.settings ?? "");
  // These are nothing that init has to run again for.
  const others = {
    mail: mailSettings(input),
    ldap: ldapSettings(input),
    gmao: gmaoSettings(input),
    media_access: media.access,
    import_paths: application.paths,
    attachment_roots: application.attachment_roots,
  };
  return `${JSON.stringify({ ...content, inputs, ...others }, null, 2)}\n`;
}

/** Browsers send a cookie to every port of a host: two instances on one host must not share a name. */
export function sessionCookie({ name }: Instance): string {
  return `sessionid_${name.replaceAll("-", "_")}`;
}

/**
 * stack/app/instance_config.toml, which upstream merges last into its configuration (common/configuration.py); undefined
 * where there is nothing to say in it.
 */
export function instanceConfiguration({ instance }: Pick<StackInput, "instance">): string | undefined {
  const { paths, attachment_roots } = instance.settings.application;
  // extable puts the names of files right behind the path (extable/engines.py).
  const tables = Object.entries({
    paths: insideContainers(paths, `${PATHS.imports}/`, "/"),
    attachment_roots: insideContainers(attachment_roots, `${PATHS.attachments}/`, ""),
  }).filter(([, table]) => Object.keys(table).length > 0);
  return tables.length === 0 ? undefined : stringify(Object.fromEntries(tables));
}

function insideContainers(folders: Record<string, string>, before: string, after: string): Record<string, string> {
  return Object.fromEntries(Object.keys(folders).map((name) => [name, `${before}${name}${after}`]));
}

/** Where the database is; `tls` is null for the service db, which is on a network of its own. */
export function databaseSettings({ instance, database: files }: Pick<StackInput, "instance" | "database">): object {
  const { database } = instance.settings;
  if (database === undefined) return { host: "db", port: 5432, ...DATABASE, tls: null, own_authorities: false };
  const { host, port, name, user, tls } = database;
  return { host, port, name, user, tls, own_authorities: files.authorities !== undefined };
}

interface MailSettings {
  host: string;
  port: number | undefined;
  security: string | undefined;
  sender: string;
  user: string | null;
  password_secret: string | null;
  own_authorities: boolean;
}

/** What the application has to know to send mails; null when they only go to the log. */
export function mailSettings({ instance, mail: files }: Pick<StackInput, "instance" | "mail">): MailSettings | null {
  const { mail, mail_catcher } = instance.settings;
  if (mail_catcher !== undefined) {
    const { host, smtpPort: port, sender } = MAIL_CATCHER;
    return { host, port, security: "none", sender, user: null, password_secret: null, own_authorities: false };
  }
  if (mail === undefined) return null;
  return {
    host: mail.host,
    port: mail.port,
    security: mail.security,
    sender: mail.from,
    user: mail.user ?? null,
    password_secret: mail.password_file === undefined ? null : MAIL_SECRET,
    own_authorities: files.authorities !== undefined,
  };
}

/** What the application has to know of the directory; null when there is none. */
export function ldapSettings({ instance, ldap: files }: Pick<StackInput, "instance" | "ldap">): object | null {
  const { ldap } = instance.settings;
  if (ldap === undefined) return null;
  return {
    urls: ldap.urls,
    security: ldap.security,
    bind_dn: ldap.bind_dn ?? null,
    password_secret: ldap.password_file === undefined ? null : LDAP_SECRET,
    search_base: ldap.search_base,
    filter: ldap.filter,
    attributes: ldap.attributes,
    own_authorities: files.authorities !== undefined,
    timeout: ldap.timeout,
  };
}

function gmaoSettings({ instance }: StackInput): object | null {
  const { gmao } = instance.settings;
  if (gmao === undefined) return null;
  const { host, port, name, user } = gmao;
  return { host, port, name, user, password_secret: GMAO_SECRET };
}
