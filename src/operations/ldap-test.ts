import { isDeepStrictEqual } from "node:util";
import { UserError } from "../errors/user-error.ts";
import { openInstance } from "../instance/instance.ts";
import { ldapSettings } from "../stack/settings.ts";
import { askService } from "./ask-service.ts";
import { authorities } from "./authorities.ts";
import type { Context } from "./context.ts";
import { lastLines } from "./last-lines.ts";
import { appliedSettings, requireRunningApp } from "./running-app.ts";

/** What a test of the directory does, one after the other, on each of its servers. */
export type LdapStep = "connect" | "tls" | "bind" | "base" | "entry" | "password";

/** Why the directory may not sign in as an account of BiomAid's (biomaid_runtime/directory.py). */
type LdapReason = "administrator" | "local" | "inactive" | "several";

/** What works. */
export interface LdapTest {
  servers: string[];
  steps: LdapStep[];
  /** The entry that was asked for. */
  dn: string | null;
  /** What BiomAid takes from it; null where the entry has nothing. */
  attributes: Record<string, string | null>;
}

interface Report {
  outcome: string;
  detail: string;
  /** The one that was asked last. */
  server: string;
  steps: LdapStep[];
  dn: string | null;
  attributes: Record<string, string | null>;
}

/**
 * Goes the way of a sign-in by the directory, step by step, in a container with the application's networks and secrets.
 *
 * @param login whom to look for; nobody unless given
 * @param password his, tried when it is given
 * @throws UserError LDAP_NOT_SET, INSTANCE_DOWN, LDAP_NOT_APPLIED, and LDAP_… for what does not work
 */
export async function ldapTest(
  context: Context,
  name: string,
  login: string | undefined,
  password: string | undefined,
): Promise<LdapTest> {
  const instance = await openInstance(context.home, name);
  const { ldap } = instance.settings;
  if (ldap === undefined) throw new UserError("LDAP_NOT_SET", { name, path: instance.paths.file });
  await requireRunningApp(context, instance);
  const wanted = ldapSettings({ instance, ...(await authorities(instance)) });
  if (!isDeepStrictEqual(await appliedSettings(instance, "ldap"), wanted))
    throw new UserError("LDAP_NOT_APPLIED", { name });

  const args = [
    "ldap-test",
    ...(login === undefined ? [] : [login]),
    ...(password === undefined ? [] : ["--password-stdin"]),
  ];
  const answer = await askService(context, instance, "ldap-test", { service: "app", args, input: password });
  if (!("found" in answer)) throw new UserError("LDAP_TEST_FAILED", { name, lines: lastLines(answer.said) });
  const { outcome, detail, server, steps, dn, attributes } = answer.found as Report;
  if (outcome === "found") return { servers: ldap.urls, steps, dn, attributes };

  const lines = steps.map((step) => context.messages.ldapSteps[step](server));
  const facts = { server, detail, lines };
  switch (outcome) {
    case "name":
      throw new UserError("LDAP_HOST_UNKNOWN", facts);
    case "connection":
      throw new UserError("LDAP_UNREACHABLE", facts);
    case "tls":
      throw new UserError("LDAP_TLS_FAILED", facts);
    case "certificate":
      throw new UserError("LDAP_CERTIFICATE_REFUSED", facts);
    case "bind":
      throw new UserError("LDAP_BIND_REFUSED", { ...facts, user: ldap.bind_dn ?? "" });
    case "base":
      throw new UserError("LDAP_BASE_NOT_FOUND", { ...facts, value: ldap.search_base });
    case "nobody":
      throw new UserError("LDAP_USER_NOT_FOUND", { ...facts, user: login ?? "" });
    case "several":
      throw new UserError("LDAP_USER_AMBIGUOUS", { ...facts, user: login ?? "" });
    case "password":
      throw new UserError("LDAP_PASSWORD_REFUSED", { ...facts, user: login ?? "" });
    case "local":
      throw new UserError("LDAP_USER_LOCAL", {
        ...facts,
        user: login ?? "",
        detail: context.messages.ldapReasons[detail as LdapReason],
      });
    default:
      throw new UserError("LDAP_SEARCH_REFUSED", facts);
  }
}
