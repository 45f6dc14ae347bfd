import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { printed, type RunningCli } from "../../support/cli.ts";
import { type Container, containersOf, identities, networksOf, volumesOf } from "../../support/engine.ts";
import { newInstance, type TestInstance } from "../../support/instance.ts";
import { copyApplication } from "../../support/source.ts";
import { startDatabaseWriter, startWriter } from "../../support/writer.ts";

type Signal = "SIGINT" | "SIGKILL";
const SIGNALS: Signal[] = ["SIGINT", "SIGKILL"];

/** Ends a running command; what it was at is the caller's business. */
async function interrupt(command: RunningCli, signal: Signal): Promise<void> {
  command.kill(signal);
  const { exitCode, signal: by, stderr } = await command;
  if (signal === "SIGKILL") expect(by).toBe("SIGKILL");
  else expect([exitCode, stderr]).toEqual([130, expect.stringContaining("[INTERRUPTED]")]);
}

describe.each(SIGNALS)("%s during up", (signal) => {
  test("while it builds: the same command goes on, and nothing of the build is left behind", async () => {
    await using instance = await newInstance();
    const source = join(instance.home, "source");
    await copyApplication(source);
    await writeFile(join(source, "MARK"), instance.name);
    const temporary = join(instance.home, "tmp");
    await mkdir(temporary);
    const env = { TMPDIR: temporary };
    const creation = instance.creation(["--source", source]);
    const built = async () => (await instance.compose("exec", "-T", "app", "cat", "MARK")).stdout;
    const interruptedAt = async (step: string): Promise<void> => {
      const up = instance.startCli(creation, { env });
      await printed(up, step);
      await interrupt(up, signal);
    };
    for (const step of ["Fetching the application's code", "Building biomaid-compose/biomaid"]) {
      await interruptedAt(step);
      expect(await containersOf(instance.project)).toEqual([]);
    }
    await instance.cli(creation, { env });
    expect(await built()).toBe(instance.name);

    // The same with an instance that runs.
    await using writer = startWriter(instance);
    await writer.progress(5, 30);
    await writeFile(join(source, "MARK"), "another");
    const before = identities(await instance.services());
    await interruptedAt("Building biomaid-compose/biomaid");
    expect(identities(await instance.services())).toEqual(before);
    await writer.expectNothingLost();
    await instance.cli(creation, { env });
    expect(await built()).toBe("another");
    await writer.expectNothingLost();
    expect((await readdir(temporary)).filter((name) => name.startsWith("biomaid-compose-"))).toEqual([]);
  });

  test("at each stage of the start: the same command goes on", async () => {
    await using instance = await newInstance();
    const service = (name: string, state: string) => async () =>
      (await containersOf(instance.project)).some(
        (found: Container) => found.service === name && found.state === state,
      );
    const stages: [string, () => Promise<boolean>][] = [
      ["a network", async () => (await networksOf(instance.project)).length > 0],
      ["a volume", async () => (await volumesOf(instance.project)).length > 0],
      ["db is created", async () => (await containersOf(instance.project)).some((found) => found.service === "db")],
      ["db runs", service("db", "running")],
      ["init runs", service("init", "running")],
      ["init has ended", service("init", "exited")],
      ["app runs", service("app", "running")],
    ];
    await using writer = startDatabaseWriter(instance);
    for (const [stage, reached] of stages) {
      const up = instance.startCli(instance.creation());
      await reachedBy(up, stage, reached);
      await interrupt(up, signal);
      if (stage === "db runs") await writer.progress(3, 30);
    }
    await instance.create();
    expect((await fetch(`${instance.url}/`)).status).toBe(200);
    await writer.expectNothingLost();
  });
});

async function reachedBy(command: RunningCli, stage: string, reached: () => Promise<boolean>): Promise<void> {
  await printed(command, "Starting ");
  let ended = false;
  void command.finally(() => {
    ended = true;
  });
  while (!(await reached())) {
    if (ended) throw new Error(`up ended before: ${stage}`);
    await setTimeout(10);
  }
}

// There is nothing to write rows to: the first of all `up`s has not come to Compose yet.
describe("SIGKILL while up writes the instance's files", () => {
  const KILL_AT = join(import.meta.dirname, "..", "..", "support", "kill-at.ts");

  /** Kills `up` at the nth call; tells whether it came to that. */
  async function killed(instance: TestInstance, call: string, count: number): Promise<boolean> {
    const env = { KILL_AT: `${call}:${count}` };
    const up = instance.startCli(instance.creation(), { env, nodeOptions: [`--import=${KILL_AT}`] });
    // Compose is the next after the last file: what happens from there on is another test's.
    const started = printed(up, "Starting ").then(
      () => true,
      () => false,
    );
    if (!(await started)) return (await up).signal === "SIGKILL";
    up.kill("SIGKILL");
    await up;
    return false;
  }

  test("at any of them: the same command goes on, with the same secrets and identity once they are made", async () => {
    await using instance = await newInstance();
    expect(await killed(instance, "link", 1), "the first secret").toBe(true);
    expect(await killed(instance, "link", 2), "the second secret").toBe(true);
    // Each time one or two files further on: the lock, instance.yaml, the manifest, compose.yaml, stack/, the lock again.
    let kills = 0;
    while (await killed(instance, "rename", kills + 1)) kills++;
    expect(kills).toBeGreaterThanOrEqual(5);
    await instance.create();
    expect((await fetch(`${instance.url}/`)).status).toBe(200);
    expect((await readdir(join(instance.folder, "secrets"))).sort()).toEqual(["database_password", "secret_key"]);
  });
});
