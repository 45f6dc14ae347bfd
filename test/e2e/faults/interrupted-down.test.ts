import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { printed } from "../../support/cli.ts";
import { containersOf, networksOf, volumesOf } from "../../support/engine.ts";
import { startInstance } from "../../support/instance.ts";
import { startWriter } from "../../support/writer.ts";

test.each(["SIGINT", "SIGKILL"] as const)("%s at each stage of down: the same command goes on", async (signal) => {
  await using instance = await startInstance();
  await using writer = startWriter(instance);
  await writer.progress(5, 30);
  const services = (await containersOf(instance.project)).length;
  const running = async () => (await containersOf(instance.project)).filter(({ state }) => state === "running").length;
  const containers = async () => (await containersOf(instance.project)).length;
  const networks = async () => (await networksOf(instance.project)).length;
  const volumes = (await volumesOf(instance.project)).length;

  let interruptions = 0;
  async function interrupted(args: string[], reached: () => Promise<boolean>): Promise<void> {
    const down = instance.startCli(["down", instance.name, ...args]);
    let ended = false;
    void down.finally(() => {
      ended = true;
    });
    // What an earlier one has done may be the stage already: even so, this one has to have begun. Before that a signal ends any program.
    await printed(down, "Removing the containers");
    while (!ended && !(await reached())) await setTimeout(5);
    down.kill(signal);
    const { exitCode, signal: by, stderr } = await down;
    // The last stages take milliseconds: a command that was faster has done all of its work.
    if (exitCode === 0 || stderr.includes("✓ Removing")) return;
    interruptions++;
    expect(signal === "SIGKILL" ? by : [exitCode, stderr]).toEqual(
      signal === "SIGKILL" ? "SIGKILL" : [130, expect.stringContaining("[INTERRUPTED]")],
    );
  }

  await interrupted([], async () => (await running()) < services - 1);
  await interrupted([], async () => (await containers()) < services);
  await instance.cli(["down", instance.name]);
  expect([await containers(), await networks()]).toEqual([0, 0]);
  expect(await volumesOf(instance.project)).toHaveLength(volumes);

  await instance.cli(["up", instance.name]);
  await writer.expectNothingLost();

  // From here on its rows are to go.
  await writer.stop();
  const all = ["--volumes", "--yes"];
  await interrupted(all, async () => (await containers()) < services);
  await interrupted(all, async () => (await networks()) < 2);
  await interrupted(all, async () => (await volumesOf(instance.project)).length < volumes);
  await instance.cli(["down", instance.name, ...all]);
  expect([await containers(), await networks(), await volumesOf(instance.project)]).toEqual([0, 0, []]);
  expect(
    interruptions,
    "of five: each command that stops the application takes a second or more",
  ).toBeGreaterThanOrEqual(2);
});
