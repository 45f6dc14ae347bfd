import { type Instance, isPublished, isPublishedDemo, mainHost } from "../instance/instance.ts";
import type { Lock } from "../instance/lock.ts";

/** A demo user that anybody may sign in as. */
export interface Login {
  username: string;
  password: string;
}

/** Where an instance is reached, and with which public logins. */
export interface InstanceAddress {
  url: string;
  logins: Login[];
  warnings: "demoPublished"[];
}

/**
 * The users of BiomAid's fixture `tests_db`, published in its developer guide: the superuser, and one of the ten others,
 * which all have one password.
 */
const TESTS_DB_LOGINS: Login[] = [
  { username: "root", password: "introuvable" },
  { username: "couranth", password: "yQ6FfiKypa7h8Hc" },
];

const HTTP_PORT = 80;

export function instanceAddress(instance: Instance, lock: Lock): InstanceAddress {
  const { fixtures } = instance.settings.application;
  return {
    url: instanceUrl(instance),
    logins: fixtures.includes("tests_db") ? TESTS_DB_LOGINS : [],
    warnings: isPublishedDemo(instance, lock) ? ["demoPublished"] : [],
  };
}

export function instanceUrl(instance: Instance): string {
  const { web } = instance.settings;
  const host = isPublished(instance)
    ? mainHost(instance)
    : web.address.includes(":")
      ? `[${web.address}]`
      : loopbackHost(instance);
  return `http://${host}${web.port === HTTP_PORT ? "" : `:${web.port}`}`;
}

/** `localhost` may mean ::1 to a browser, where nothing listens when the port is published on 127.0.0.1: browsers then try both. */
function loopbackHost(instance: Instance): string {
  return instance.settings.web.hosts.includes("localhost") ? "localhost" : mainHost(instance);
}
