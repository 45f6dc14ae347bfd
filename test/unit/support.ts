import { type DisposableTempDir, mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { UserError } from "../../src/errors/user-error.ts";
import { type Instance, toInstance } from "../../src/instance/instance.ts";
import { instancePaths } from "../../src/instance/paths.ts";
import type { InstanceFile } from "../../src/instance/schema.ts";
import { readTemplates } from "../../src/operations/generate.ts";
import type { StackInput } from "../../src/stack/input.ts";

/** A folder that is removed at the end of the scope: `await using folder = await temporaryFolder()`. */
export function temporaryFolder(): Promise<DisposableTempDir> {
  return mkdtempDisposable(join(tmpdir(), "biomaid-unit-"));
}

/** The UserError that the work ends with; anything else fails the test. */
export async function userErrorOf(work: () => unknown): Promise<UserError> {
  const outcome = await Promise.resolve()
    .then(work)
    .then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  if (!("error" in outcome)) return expect.unreachable(`no error, but ${JSON.stringify(outcome.value)}`);
  expect(outcome.error).toBeInstanceOf(UserError);
  return outcome.error as UserError;
}

/** An instance in /srv/biomaid, named after its profile. */
export function instanceOf(file: Omit<InstanceFile, "version">): Instance {
  return toInstance(file.profile, instancePaths("/srv/biomaid", file.profile), { version: 1, ...file });
}

/** What a stack is generated from, with nothing in it that depends on the machine or on the day. */
export async function fixedInput(instance: Instance): Promise<StackInput> {
  return {
    instance,
    release: {
      key: "0".repeat(64),
      version: "stable",
      revision: "0".repeat(40),
      images: {
        app: "biomaid-compose/biomaid:stable-000000000000",
        web: "biomaid-compose/nginx:000000000000",
        db: "biomaid-compose/postgres:14-000000000000",
        mail: "biomaid-compose/mail:000000000000",
      },
    },
    uuid: "00000000-0000-4000-8000-000000000000",
    generation: 1,
    machine: { cores: 2, memory: 8e9, disk: undefined },
    secretsRevision: 1,
    documentation: undefined,
    mail: { authorities: undefined },
    ldap: { authorities: undefined },
    database: { authorities: undefined },
    folders: { local: undefined, settings: undefined },
    templates: await readTemplates(),
  };
}
