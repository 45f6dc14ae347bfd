import { digestOf } from "../files/digest.ts";
import { acceptedHosts, publicUrl } from "../instance/instance.ts";
import { GMAO_SECRET, LDAP_SECRET, MAIL_SECRET } from "../instance/operator-secrets.ts";
import { DATABASE, type StackInput } from "./input.ts";
import { workerCount } from "./sizing.ts";

/**
 * stack/app/settings.json: what the Django settings module in the image reads (images/biomaid/runtime/instance_settings.py).
 * `inputs` is the digest of all that can make migrations, checks or static files come out differently.
 */
export function applicationSettings(input: StackInput): string {
  const { name, settings } = input.instance;
  const { application, web } = settings;
  const url = publicUrl(input.instance);
  const own = input.folders.local !== undefined;
  const content = {
    instance: name,
    release: input.release.key,
    local: own ? null : application.local,
    allowed_hosts: acceptedHosts(input.instance),
    default_domain: url,
    secure_cookies: url.startsWith("https:"),
    // A proxy may hand the request on by HTTP and under another name than the one that the browser sends as the form's origin.
    trusted_origins: web.url === undefined ? [] : [url],
    debug: application.debug,
    language: application.language,
    time_zone: application.time_zone,
    // Browsers send a cookie to every port of a host: two instances on one host must not share a name.
    session_cookie_name: `sessionid_${name.replaceAll("-", "_")}`,
    database: { host: "db", port: 5432, ...DATABASE },
    fixtures: application.fixtures,
    workers: workerCount(settings, input.machine),
    request_timeout: application.timeout,
    admins: application.admins.map(({ name, email }) => [name, email]),
  };
  const inputs = digestOf(JSON.stringify(content), input.folders.local ?? "", input.folders.settings ?? "");
  // What other machines the application talks to is nothing that init has to run again for.
  const others = { mail: mailSettings(input), ldap: ldapSettings(input), gmao: gmaoSettings(input) };
  return `${JSON.stringify({ ...content, inputs, ...others }, null, 2)}\n`;
}

/** What the application has to know to send mails; null when they only go to the log. */
export function mailSettings({ instance, mail: files }: Pick<StackInput, "instance" | "mail">): object | null {
  const { mail } = instance.settings;
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
