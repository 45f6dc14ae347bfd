import type { ProfileName } from "./names.ts";
import type { Settings } from "./schema.ts";

/** The guide, 1.2.2.4: the stable branch is the one to install. */
const STABLE = { git: "https://bitbucket.org/ajaborsk/biomaid.git", ref: "stable" };

const APPLICATION: Settings["application"] = {
  local: "local_biomaid",
  groups: [],
  extras: [],
  fixtures: [],
  workers: 2,
  // Exports to XLSX are made while the client waits; they take minutes on a large database.
  timeout: 120,
  debug: false,
  debug_toolbar: false,
  reload: false,
  jobs: true,
  language: "fr",
  time_zone: "Europe/Paris",
  log_level: "INFO",
  admins: [],
  outgoing: false,
  paths: {},
  attachment_roots: {},
};

const WEB: Settings["web"] = {
  hosts: ["localhost", "127.0.0.1", "[::1]"],
  address: "127.0.0.1",
  port: 8080,
  // The guide, 1.2.2.8: client_max_body_size 100m.
  upload_limit: 100,
  trusted_proxies: [],
  documentation: false,
  publish_demo: false,
};

const MEDIA: Settings["media"] = { access: "signed-in" };

/** 443 is the port of https (RFC 9110, 4.2.2), 8443 its neighbour by custom. */
const HTTPS_PORTS: Readonly<Record<number, number>> = { 80: 443, 8080: 8443 };

/** The web port of an instance that has HTTPS, for that of its profile. */
export function httpsPort(port: number): number {
  return HTTPS_PORTS[port] ?? port;
}

/** The defaults of each profile. They are never copied into instance.yaml, so that a newer version can improve them. */
export const PROFILES: Record<ProfileName, Settings> = {
  demo: {
    source: STABLE,
    application: { ...APPLICATION, fixtures: ["tests_db"] },
    web: WEB,
    volumes: {},
    media: MEDIA,
    bases: "auto",
  },
  production: {
    source: STABLE,
    // The guide, 1.2.2.9: two workers do for tests and demos, production wants four.
    application: { ...APPLICATION, workers: 4, outgoing: true },
    web: { ...WEB, address: "0.0.0.0", port: 80 },
    volumes: {},
    media: MEDIA,
    bases: "registry",
  },
  development: {
    source: STABLE,
    application: {
      ...APPLICATION,
      groups: ["dev"],
      fixtures: ["tests_db"],
      // The debug toolbar keeps what it has seen of a request in the process that answered it.
      workers: 1,
      debug: true,
      debug_toolbar: true,
      reload: true,
      // What a developer looks at is not to change by itself every quarter of an hour.
      jobs: false,
    },
    web: WEB,
    media: MEDIA,
    volumes: {},
    mail_catcher: { port: 8025 },
    bases: "auto",
  },
  ci: {
    source: STABLE,
    application: { ...APPLICATION, fixtures: ["tests_db"] },
    web: WEB,
    volumes: {},
    media: MEDIA,
    bases: "auto",
  },
};
