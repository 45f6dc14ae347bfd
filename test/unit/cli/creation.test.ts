import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { execa } from "execa";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createProcessRunner } from "../../../src/adapters/process.ts";
import { type CreationFlags, creationOptions } from "../../../src/cli/creation-options.ts";
import { parseInstanceFile } from "../../../src/instance/document.ts";
import { PROFILE_NAMES } from "../../../src/instance/names.ts";
import type { InstanceFile } from "../../../src/instance/schema.ts";
import { en } from "../../../src/messages/en.ts";
import { fr } from "../../../src/messages/fr.ts";
import type { Context } from "../../../src/operations/context.ts";
import { init } from "../../../src/operations/init.ts";
import { generateStack } from "../../../src/stack/stack.ts";
import { validFiles } from "../instance/arbitrary.ts";
import { fixedInput, temporaryFolder, userErrorOf } from "../support.ts";

/** Options as people give them, each of which the schema allows; some are left out. */
const anyFlags: fc.Arbitrary<CreationFlags> = fc.tuple(validFiles, fc.constantFrom(...PROFILE_NAMES)).map(
  ([{ web, application, mail, bases }, profile]) =>
    Object.fromEntries(
      Object.entries({
        profile,
        host: web?.hosts,
        // Elsewhere than on loopback a demo is refused.
        address: profile === "production" ? web?.address : undefined,
        tlsCertificate: web?.tls?.certificate,
        tlsKey: web?.tls?.key,
        port: web?.port === undefined ? undefined : String(web.port),
        redirectPort: redirectPort(web),
        workers: application?.workers === undefined ? undefined : String(application.workers),
        outgoing: mail && true,
        mailHost: mail?.host,
        mailFrom: mail?.from,
        mailSecurity: mail?.security,
        mailPort: mail?.port === undefined ? undefined : String(mail.port),
        mailUser: mail?.user,
        mailPasswordFile: mail?.password_file,
        mailCaFile: mail?.ca_file,
        admin: application?.admins?.map(({ name, email }) => `${name.trim() || "x"} <${email}>`),
        bases,
      }).filter(([, value]) => value !== undefined),
    ) as CreationFlags,
);

/** The port that redirects is another one than the web port, given or the profile's. */
function redirectPort(web: InstanceFile["web"]): string | undefined {
  const port = web?.tls?.redirect_port;
  return port === undefined || [web?.port, 443, 8443].includes(port) ? undefined : String(port);
}

test("any accepted answers give a file that is valid and a stack that Compose accepts", {
  timeout: 120_000,
}, async () => {
  await using home = await temporaryFolder();
  const processes = createProcessRunner(() => {}, new AbortController().signal);
  const context = { home: home.path, processes, messages: fr, generator: "test" } as Context;
  let count = 0;
  await fc.assert(
    fc.asyncProperty(anyFlags, async (flags) => {
      const name = `i${++count}`;
      const instance = await init(context, name, await creationOptions(flags));
      const { folder, file } = instance.paths;
      expect(parseInstanceFile(await readFile(file, "utf8"), file).profile).toBe(flags.profile);
      if (flags.port) expect(instance.settings.web.port).toBe(Number(flags.port));
      if (flags.tlsCertificate) expect(instance.settings.web.tls?.key).toBe(resolve(flags.tlsKey ?? ""));
      if (flags.host) expect(instance.settings.web.hosts).toEqual(flags.host);
      if (flags.mailHost) expect(instance.settings.mail).toMatchObject({ host: flags.mailHost, from: flags.mailFrom });
      if (flags.admin) expect(instance.settings.application.admins).toHaveLength(flags.admin.length);
      for (const [path, text] of generateStack(await fixedInput(instance))) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
      await execa("docker", ["compose", "--file", "compose.yaml", "config", "--quiet"], { cwd: folder });
    }),
    { numRuns: 15 },
  );
});

test.each([
  ["https://git.example/site.git", { git: "https://git.example/site.git" }],
  ["git@git.example:site.git", { git: "git@git.example:site.git" }],
  ["../site", "../site"],
  ["local_biomaid", "local_biomaid"],
])("--local %s is a repository or a folder", async (local, expected) => {
  expect((await creationOptions({ local })).application).toEqual({ local: expected });
});

test.each<[CreationFlags, string]>([
  [{ port: "http" }, "--port"],
  [{ workers: "many" }, "--workers"],
  [{ mailPort: "smtp" }, "--mail-port"],
  [{ redirectPort: "http" }, "--redirect-port"],
])("%j is no number", async (flags, option) => {
  const error = await userErrorOf(() => creationOptions(flags));
  expect(error.code).toBe("SETTING_INVALID");
  expect(error.parameters).toMatchObject({ option });
});

test.each<[CreationFlags, string]>([
  [{ host: ["http://a.example"] }, "web.hosts.0"],
  [{ host: [] }, "web.hosts"],
  [{ address: "localhost" }, "web.address"],
  [{ port: "0" }, "web.port"],
  [{ tlsCertificate: "fullchain.pem" }, "web.tls.key"],
  [{ tlsKey: "key.pem" }, "web.tls.certificate"],
  [{ mailHost: "smtp.example" }, "mail.from"],
  [{ mailHost: "smtp://a.example", mailFrom: "a@b.example" }, "mail.host"],
  [{ mailHost: "a.example", mailFrom: "BiomAid" }, "mail.from"],
  [{ mailHost: "a.example", mailFrom: "a@b.example", mailUser: "u", mailPasswordFile: "tls" }, "mail.password_file"],
  [{ admin: ["Élise"] }, "application.admins.0.email"],
])("%j is refused by the schema's own rule, and nothing is written", async (flags, setting) => {
  await using home = await temporaryFolder();
  const context = { home: home.path, messages: en } as Context;
  const error = await userErrorOf(async () => init(context, "production", await creationOptions(flags)));
  expect(error.code).toBe("INSTANCE_FILE_INVALID");
  expect(error.parameters).toMatchObject({ diagnostics: [{ setting }] });
  expect(await readdir(home.path)).toEqual([]);
});
