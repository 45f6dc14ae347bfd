import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";
import { printed } from "../../support/cli.ts";
import { identities } from "../../support/engine.ts";
import { newInstance, type TestInstance } from "../../support/instance.ts";
import { copyApplication } from "../../support/source.ts";
import { startDatabaseWriter } from "../../support/writer.ts";

test("two first ups of one name: one works, the other is told which process does, and breaks nothing", async () => {
  await using instance = await newInstance();
  await using writer = startDatabaseWriter(instance);
  const ups = [instance.startCli(instance.creation()), instance.startCli(instance.creation())];
  const results = await Promise.all(ups);
  expect(results.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
  const [worked, refused] = results[0]?.exitCode === 0 ? [0, 1] : [1, 0];
  expect(results[refused]?.stderr).toContain("[INSTANCE_BUSY]");
  expect(results[refused]?.stderr).toContain(`process ${ups[worked]?.pid}`);
  expect((await fetch(`${instance.url}/`)).status).toBe(200);
  const before = identities(await instance.services());
  await writer.progress(3, 30);
  const again = await Promise.all([instance.startCli(instance.creation()), instance.startCli(instance.creation())]);
  expect(again.map(({ exitCode }) => exitCode)).toContain(0);
  expect(identities(await instance.services())).toEqual(before);
  await writer.expectNothingLost();
});

test("down is turned away while up works", async () => {
  await using instance = await newInstance();
  await using writer = startDatabaseWriter(instance);
  const up = instance.startCli(instance.creation());
  await printed(up, `Starting ${instance.name}`);
  await writer.progress(1, 60);
  const { stderr } = await instance.cli(["down", instance.name, "--volumes", "--yes"], { exitStatus: 1 });
  expect(stderr).toContain("[INSTANCE_BUSY]");
  expect((await up).exitCode).toBe(0);
  expect((await fetch(`${instance.url}/`)).status).toBe(200);
  await writer.expectNothingLost();
});

test("two instances made at once from one repository each get the code that they asked for", async () => {
  await using one = await newInstance();
  await using other = await newInstance();
  const repository = join(one.home, "repository");
  await copyApplication(repository);
  const git = (...args: string[]) =>
    execa("git", ["-C", repository, "-c", "user.name=Test", "-c", "user.email=test@example.invalid", ...args]);
  await git("init", "--quiet", "--initial-branch", "main");
  await git("add", "--all");
  for (const ref of ["one", "other"]) {
    await git("commit", "--quiet", "--allow-empty", "--message", ref);
    await git("tag", ref);
  }
  const commitOf = async (ref: string): Promise<string> => (await git("rev-parse", `${ref}^{commit}`)).stdout;
  const locked = async (instance: TestInstance): Promise<string> =>
    JSON.parse((await instance.cli(["status", instance.name, "--json"])).stdout).commit;
  const source = (ref: string) => ["--source", pathToFileURL(repository).href, "--ref", ref];
  // One cache for both, as one operator has it. What is looked at is in the lock before the first image is built.
  const env = { XDG_CACHE_HOME: join(one.home, "shared-cache") };
  const ups = [
    one.startCli(one.creation(source("one")), { env }),
    other.startCli(other.creation(source("other")), { env }),
  ];
  await Promise.all(ups.map((up) => printed(up, "Fetching the application's code")));
  for (const up of ups) up.kill("SIGINT");
  await Promise.all(ups);
  expect([await locked(one), await locked(other)]).toEqual([await commitOf("one"), await commitOf("other")]);
});
