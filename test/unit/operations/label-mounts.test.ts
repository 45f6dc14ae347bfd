import { expect, test } from "vitest";
import type { RunResult } from "../../../src/adapters/process.ts";
import type { Context } from "../../../src/operations/context.ts";
import { labelMounts } from "../../../src/operations/label-mounts.ts";
import type { EngineMachine } from "../../../src/operations/machine.ts";
import { userErrorOf } from "../support.ts";

const FOLDER = "/srv/biomaid/production";
const WITHOUT: EngineMachine = { cores: 4, memory: 8e9, disk: undefined, limits: true, selinux: false };
const WITH: EngineMachine = { ...WITHOUT, selinux: true };
const MOUNTS = ["local", "secrets/secret_key", "stack/app"];

/** A machine whose `chcon` ends so; remembers how it was called. */
function machine(result: Partial<RunResult>): { context: Context; calls: unknown[] } {
  const calls: unknown[] = [];
  const run = async (program: string, args: readonly string[], options: object): Promise<RunResult> => {
    calls.push([program, ...args, options]);
    return { exitStatus: 0, output: "", errors: "", missing: false, ...result };
  };
  return { context: { processes: { run } } as unknown as Context, calls };
}

test("an engine without SELinux has nothing labelled", async () => {
  const { context, calls } = machine({});
  await labelMounts(context, FOLDER, MOUNTS, WITHOUT);
  expect(calls).toEqual([]);
});

test("on one with SELinux what is mounted is labelled, links themselves and not what they point to", async () => {
  const { context, calls } = machine({});
  await labelMounts(context, FOLDER, MOUNTS, WITH);
  const options = ["--recursive", "--no-dereference", "--type=container_file_t", "--"];
  expect(calls).toEqual([["chcon", ...options, ...MOUNTS, { cwd: FOLDER }]]);
});

test.each<[Partial<RunResult>, string[]]>([
  [
    { exitStatus: 1, errors: "chcon: failed to change context: Operation not supported\n" },
    ["chcon: failed to change context: Operation not supported"],
  ],
  [{ exitStatus: undefined, missing: true }, ["chcon: command not found"]],
])("labels that cannot be set stop the start: %j", async (result, lines) => {
  const error = await userErrorOf(() => labelMounts(machine(result).context, FOLDER, MOUNTS, WITH));
  expect([error.code, error.parameters]).toEqual(["LABEL_REFUSED", { folder: FOLDER, lines }]);
});
