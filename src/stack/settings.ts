import { digestOf } from "../files/digest.ts";
import { acceptedHosts, publicUrl } from "../instance/instance.ts";
import { MAIL_SECRET } from "../instance/operator-secrets.ts";
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
  // Who sends the mails, and how, is nothing that init has to run again for.
  return `${JSON.stringify({ ...content, inputs, mail: mailSettings(input) }, null, 2)}\n`;
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
