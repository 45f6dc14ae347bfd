import { describe, expect, test } from "vitest";
import { diagnosticLine } from "../../../src/cli/output.ts";
import type { UserError } from "../../../src/errors/user-error.ts";
import { parseInstanceFile } from "../../../src/instance/document.ts";
import { operatorSecrets } from "../../../src/instance/operator-secrets.ts";
import type { InstanceFile } from "../../../src/instance/schema.ts";
import { en } from "../../../src/messages/en.ts";
import { applicationSettings } from "../../../src/stack/settings.ts";
import { generateStack } from "../../../src/stack/stack.ts";
import { fixedInput, instanceOf, userErrorOf } from "../support.ts";

const MINIMUM = { urls: ["ldaps://ldap.chu.example"], search_base: "dc=chu,dc=example" };
const ACCOUNT = { bind_dn: "cn=reader,dc=chu,dc=example", password_file: "ldap" };
const GMAO = { host: "oracle.chu.example", name: "ASSET", user: "reader", password_file: "gmao" };
const WITH_EXTRAS = { outgoing: true, extras: ["ldap", "oracle"] };

async function faultsOf(ldap: object): Promise<string[]> {
  const text = JSON.stringify({ version: 1, profile: "production", ldap });
  const error = (await userErrorOf(() => parseInstanceFile(text, "f"))) as UserError<"INSTANCE_FILE_INVALID">;
  return error.parameters.diagnostics.map((fault) => diagnosticLine("f", fault, en).replace(/^f:1:\d+: /, ""));
}

test("a directory has defaults for all but its servers and its base", async () => {
  const { ldap } = instanceOf({ profile: "demo", application: WITH_EXTRAS, ldap: MINIMUM }).settings;
  expect(ldap).toEqual({
    ...MINIMUM,
    security: "tls",
    filter: "(uid=%(user)s)",
    attributes: { first_name: "givenName", last_name: "sn", email: "mail" },
    timeout: 5,
  });
  const plain = { ...MINIMUM, urls: ["ldap://[fd00::1]:1389"], attributes: { email: "proxyAddresses" } };
  const other = instanceOf({ profile: "demo", application: WITH_EXTRAS, ldap: plain }).settings.ldap;
  expect(other).toMatchObject({
    security: "starttls",
    attributes: { first_name: "givenName", email: "proxyAddresses" },
  });
});

test.each([
  ["no server", { urls: [] }, "ldap.urls must not be empty"],
  ["a server without scheme", { urls: ["ldap.chu.example"] }, /^ldap\.urls\.0 has .*ldap\.chu\.example/],
  ["a URL with a path", { urls: ["ldap://h/dc=chu"] }, /^ldap\.urls\.0 has /],
  ["a URL with a login", { urls: ["ldap://me:secret@h"] }, /^ldap\.urls\.0 has /],
  ["this machine", { urls: ["ldap://h", "ldap://LOCALHOST:389"] }, /^ldap\.urls\.1 is the container's own address/],
  ["this machine by IPv6", { urls: ["ldaps://[::1]"] }, /^ldap\.urls\.0 is the container's own address/],
  ["a port out of range", { urls: ["ldap://h:99999"] }, "ldap.urls.0 is not the address of a server"],
  ["two ways", { urls: ["ldap://h", "ldaps://h"] }, "ldap.urls must all be ldap:// or all be ldaps://"],
  ["no encryption over TLS", { security: "none" }, /^ldap\.security must be tls with ldaps:\/\//],
  ["TLS over ldap://", { urls: ["ldap://h"], security: "tls" }, /^ldap\.security must be tls with ldaps:\/\//],
  ["an authority for nothing", { urls: ["ldap://h"], security: "none", ca_file: "a" }, /^ldap\.ca_file has no use/],
  ["an account without password", { bind_dn: "cn=a" }, "ldap must have both bind_dn and password_file, or neither"],
  ["a password without account", { password_file: "a" }, "ldap must have both bind_dn and password_file, or neither"],
  ["the instance's own secret", { bind_dn: "cn=a", password_file: "secret_key" }, /^ldap\.password_file is the name/],
  ["no filter", { filter: "uid=%(user)s" }, /^ldap\.filter has /],
  ["a filter for everybody", { filter: "(uid=*)" }, /^ldap\.filter has /],
  ["two filters", { filter: "(uid=%(user)s)(cn=a)" }, /^ldap\.filter must be one LDAP filter/],
  ["an open filter", { filter: "((uid=%(user)s)" }, /^ldap\.filter must be one LDAP filter/],
  ["another place in it", { filter: "(&(uid=%(user)s)(cn=%s))" }, /^ldap\.filter must be one LDAP filter/],
  ["an attribute of no such form", { attributes: { email: "mail;binary" } }, /^ldap\.attributes\.email has /],
  ["another field", { attributes: { username: "uid" } }, /^ldap\.attributes\.username is not a known setting/],
  ["a minute", { timeout: 60 }, /^ldap\.timeout must be at most 30|^ldap\.timeout .*30/],
])("%s is refused", async (_what, changes, told) => {
  const [fault, ...others] = await faultsOf({ ...MINIMUM, ...changes });
  expect(others).toEqual([]);
  if (typeof told === "string") expect(fault).toBe(told);
  else expect(fault).toMatch(told);
});

test.each([
  "(&(objectClass=person)(|(uid=%(user)s)(mail=%(user)s)))",
  "(sAMAccountName=%(user)s)",
  "(&(cn=\\28x\\29)(uid=%(user)s))",
])("the filter %s is taken", (filter) => {
  const text = JSON.stringify({ version: 1, profile: "production", ldap: { ...MINIMUM, filter } });
  expect(parseInstanceFile(text, "f").ldap?.filter).toBe(filter);
});

describe.each([
  ["ldap", { ldap: MINIMUM }, "ldap"],
  ["gmao", { gmao: GMAO }, "oracle"],
] as const)("%s", (setting, groups, extra) => {
  const given = groups as Partial<InstanceFile>;

  test("needs the way out and its extra, and says how to get them", async () => {
    const closed = await userErrorOf(() => instanceOf({ profile: "demo", application: { extras: [extra] }, ...given }));
    expect([closed.code, closed.exitStatus]).toEqual(["SETTING_NEEDS_OUTGOING", 2]);
    expect(closed.parameters).toMatchObject({ setting });
    const application = { outgoing: true, extras: ["other"] };
    const without = await userErrorOf(() => instanceOf({ profile: "demo", application, ...given }));
    expect([without.code, without.exitStatus]).toEqual(["SETTING_NEEDS_EXTRA", 2]);
    expect(without.parameters).toMatchObject({ setting, extra, value: `other, ${extra}` });
    // What a ready image has is not for instance.yaml to say.
    instanceOf({ profile: "demo", application: { outgoing: true }, source: { image: "x" }, ...given });
  });
});

test("what is asked of other machines makes init do nothing again, and its passwords are names of files only", async () => {
  const settingsOf = async (file: Omit<InstanceFile, "version">) =>
    JSON.parse(applicationSettings(await fixedInput(instanceOf(file)))) as Record<string, unknown>;
  const before = await settingsOf({ profile: "demo", application: WITH_EXTRAS });
  expect(before).toMatchObject({ ldap: null, gmao: null });
  const file = { profile: "demo", application: WITH_EXTRAS, ldap: { ...MINIMUM, ...ACCOUNT }, gmao: GMAO } as const;
  expect(await settingsOf(file)).toMatchObject({
    inputs: before["inputs"],
    ldap: { bind_dn: ACCOUNT.bind_dn, password_secret: "ldap_password", own_authorities: false },
    gmao: { host: GMAO.host, port: 1521, name: "ASSET", user: "reader", password_secret: "gmao_password" },
  });
  const instance = instanceOf(file);
  expect(operatorSecrets(instance.settings)).toEqual({ ldap_password: "ldap", gmao_password: "gmao" });
  const compose = generateStack(await fixedInput(instance)).get("compose.yaml") ?? "";
  expect(compose).toContain("file: ./secrets/ldap\n");
});
