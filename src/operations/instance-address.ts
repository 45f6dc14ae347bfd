import { inUrl } from "../instance/addresses.ts";
import { type CertificateState, expiry } from "../instance/certificate.ts";
import {
  type Instance,
  isPublished,
  isPublishedDemo,
  MAIL_PAGE_ADDRESS,
  mainHost,
  ownUrl,
  publicUrl,
} from "../instance/instance.ts";
import type { Lock } from "../instance/lock.ts";
import { ORACLE_EXTRA } from "../instance/settings/application.ts";
import { installedCertificate } from "./certificate.ts";
import { hasPages } from "./documentation-folder.ts";

/** A demo user that anybody may sign in as. */
export interface Login {
  username: string;
  password: string;
}

/** Where an instance is reached, and with which public logins. */
export interface InstanceAddress {
  url: string;
  logins: Login[];
  /** Where its mails are read; null where they are not caught. */
  mails: string | null;
  /** Of its HTTPS; null where it has none. */
  certificate: CertificateState | null;
  warnings: AddressWarning[];
}

export type AddressWarning =
  | "demoPublished"
  | "oracleClientMissing"
  | "documentationMissing"
  | "certificateExpired"
  | "certificateExpires"
  | "issuerMissing";

/**
 * The users of BiomAid's fixture `tests_db`, published in its developer guide: the superuser, and one of the ten others,
 * which all have one password.
 */
const TESTS_DB_LOGINS: Login[] = [
  { username: "root", password: "introuvable" },
  { username: "couranth", password: "yQ6FfiKypa7h8Hc" },
];

export async function instanceAddress(instance: Instance, lock: Lock): Promise<InstanceAddress> {
  const { fixtures, extras, oracle_client } = instance.settings.application;
  const certificate = (await installedCertificate(instance)) ?? null;
  const warnings: AddressWarning[] = isPublishedDemo(instance, lock) ? ["demoPublished"] : [];
  if (instance.settings.web.documentation && !(await hasPages(instance.paths.documentation)))
    warnings.push("documentationMissing");
  if (extras.includes(ORACLE_EXTRA) && oracle_client === undefined) warnings.push("oracleClientMissing");
  return {
    url: instanceUrl(instance),
    logins: fixtures.includes("tests_db") ? TESTS_DB_LOGINS : [],
    mails: mailPage(instance),
    certificate,
    warnings: [...warnings, ...warningsOf(certificate)],
  };
}

function mailPage({ settings: { mail_catcher } }: Instance): string | null {
  return mail_catcher === undefined ? null : `http://${MAIL_PAGE_ADDRESS}:${mail_catcher.port}`;
}

function warningsOf(certificate: CertificateState | null): AddressWarning[] {
  if (certificate === null) return [];
  const warnings: AddressWarning[] = certificate.missingIssuer === null ? [] : ["issuerMissing"];
  const end = expiry(certificate, Date.now());
  if (end !== undefined) warnings.push(end === "expired" ? "certificateExpired" : "certificateExpires");
  return warnings;
}

export function instanceUrl(instance: Instance): string {
  const { url, address } = instance.settings.web;
  if (url !== undefined || isPublished(instance)) return publicUrl(instance);
  return ownUrl(instance, address.includes(":") ? inUrl(address) : loopbackHost(instance));
}

/** Where web serves the documentation; undefined where it does not. */
export function documentationUrl(instance: Instance): string | undefined {
  return instance.settings.web.documentation ? `${instanceUrl(instance)}/documentation/` : undefined;
}

/** `localhost` may mean ::1 to a browser, where nothing listens when the port is published on 127.0.0.1: browsers then try both. */
function loopbackHost(instance: Instance): string {
  return instance.settings.web.hosts.includes("localhost") ? "localhost" : mainHost(instance);
}
