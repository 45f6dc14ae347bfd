import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { containersOf } from "../../support/engine.ts";
import { newInstance, type TestInstance } from "../../support/instance.ts";
import { copyApplication } from "../../support/source.ts";

/** A `docker` before the real one on the PATH that answers one call in its own way. */
async function otherDocker(instance: TestInstance, call: string, answer: string): Promise<Record<string, string>> {
  const { stdout: real } = await execa("sh", ["-c", "command -v docker"]);
  const folder = join(instance.home, "bin");
  await mkdir(folder);
  const script = `#!/bin/sh\ncase "$*" in "${call}"*) ${answer} ;; esac\nexec ${real} "$@"\n`;
  await writeFile(join(folder, "docker"), script);
  await chmod(join(folder, "docker"), 0o755);
  return { PATH: `${folder}:${process.env["PATH"]}` };
}

// None of these `up`s comes to Compose, so there is no database to lose a row of.
const MISSING = `echo "docker: unknown command" >&2; exit 1`;

test.each([
  ["an old Compose", "compose version", "echo 2.23.3; exit 0", "COMPOSE_TOO_OLD", "2.23.3"],
  ["no Compose", "compose version", MISSING, "COMPOSE_MISSING", "docs.docker.com/compose"],
])("%s is told before anything is made", async (_, call, answer, code, fact) => {
  await using instance = await newInstance();
  const env = await otherDocker(instance, call, answer);
  const { stderr } = await instance.create({ env, exitStatus: 1 });
  expect(stderr).toContain(`[${code}]`);
  expect(stderr).toContain(fact);
  expect(await containersOf(instance.project)).toEqual([]);
});

test.each([
  ["an old buildx", "echo github.com/docker/buildx v0.9.1 ed00243; exit 0", "BUILDX_TOO_OLD", "v0.9.1"],
  ["no buildx", MISSING, "BUILDX_MISSING", "docs.docker.com/build"],
])("%s is told when there is something to build", async (_, answer, code, fact) => {
  await using instance = await newInstance();
  const env = await otherDocker(instance, "buildx", answer);
  const source = join(instance.home, "source");
  await copyApplication(source);
  await writeFile(join(source, "MARK"), instance.name);
  const { stderr } = await instance.create({ env, source: ["--source", source], exitStatus: 1 });
  expect(stderr).toContain(`[${code}]`);
  expect(stderr).toContain(fact);
});
