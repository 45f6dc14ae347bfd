import { expect, test } from "vitest";
import type { Context } from "../../../src/operations/context.ts";
import { requireDatabaseServer } from "../../../src/operations/database-server.ts";
import { fixedInput, instanceOf } from "../support.ts";

test("SELinux lets the look at a server read its password: the file is labelled before, and nothing else", async () => {
  const calls: string[] = [];
  const stop = new Error("enough");
  const context = {
    processes: {
      run: async (program: string, args: readonly string[]) => {
        calls.push([program, ...args].join(" "));
        return { exitStatus: 0, output: "", errors: "", missing: false };
      },
    },
    progress: { step: () => Promise.reject(stop) },
  } as unknown as Context;
  const database = { host: "db.example.org", password_file: "postgresql" };
  const instance = instanceOf({ profile: "production", database });
  const machine = { cores: 4, memory: 8e9, disk: undefined, limits: true, selinux: true };
  await expect(requireDatabaseServer(context, await fixedInput(instance), machine, false)).rejects.toBe(stop);
  expect(calls).toEqual(["chcon --recursive --no-dereference --type=container_file_t -- secrets/postgresql"]);
});
