import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Instance, toInstance } from "../../../src/instance/instance.ts";
import { newLock } from "../../../src/instance/lock.ts";
import { instancePaths } from "../../../src/instance/paths.ts";
import { ensureSecrets } from "../../../src/instance/secrets.ts";
import { prepareSecrets } from "../../../src/operations/prepare-secrets.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

function sending(home: string): Instance {
  const mail = { host: "smtp.example.org", user: "biomaid", password_file: "smtp", from: "biomaid@example.org" };
  return toInstance("ci", instancePaths(home, "ci"), {
    version: 1,
    profile: "ci",
    application: { outgoing: true },
    mail,
  });
}

describe("the revision of the secrets", () => {
  test.each(["secret_key", "smtp"])("goes up by one when %s is written to, and stays otherwise", async (name) => {
    await using home = await temporaryFolder();
    const instance = sending(home.path);
    const { secrets } = instance.paths;
    await ensureSecrets(secrets);
    await writeFile(join(secrets, "smtp"), "first");
    const first = await prepareSecrets(instance, newLock("test"), []);
    expect(first.secrets?.revision).toBe(1);
    expect(await prepareSecrets(instance, first, [])).toEqual(first);
    await utimes(join(secrets, name), new Date(), new Date(Date.now() + 60_000));
    const second = await prepareSecrets(instance, first, []);
    expect(second.secrets?.revision).toBe(2);
    expect(JSON.stringify(second)).not.toContain("first");
  });
});

test("a mail password that is not there is asked for", async () => {
  await using home = await temporaryFolder();
  const instance = sending(home.path);
  await ensureSecrets(instance.paths.secrets);
  const error = await userErrorOf(() => prepareSecrets(instance, newLock("test"), []));
  expect([error.code, error.parameters]).toEqual(["SECRET_NOT_GIVEN", { file: join(instance.paths.secrets, "smtp") }]);
});
