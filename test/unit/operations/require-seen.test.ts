import { mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { exists } from "../../../src/files/exists.ts";
import type { Context } from "../../../src/operations/context.ts";
import { requireSeenFolder } from "../../../src/operations/require-seen.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

/** An engine of this machine, or of another one. */
function engine(here: boolean): { context: Context; asked: string[] } {
  const asked: string[] = [];
  const docker = {
    endpoint: async () => "ssh://docker.example.org",
    sees: async (path: string) => {
      asked.push(path);
      return here && (await exists(path));
    },
  };
  return { context: { docker: async () => docker } as unknown as Context, asked };
}

test.each([["home/demo"], ["home"], ["."]])("an instance's folder is looked for where there is %s", async (there) => {
  await using root = await temporaryFolder();
  await mkdir(join(root.path, there), { recursive: true });
  const folder = join(root.path, "home", "demo");
  const { context, asked } = engine(true);
  await expect(requireSeenFolder(context, folder)).resolves.toBeUndefined();
  expect(asked.map(dirname)).toEqual([join(root.path, there)]);
  expect(await readdir(join(root.path, there))).toEqual([]);
});

test("an engine that does not see it is told, and nothing stays", async () => {
  await using root = await temporaryFolder();
  const folder = join(root.path, "demo");
  const error = await userErrorOf(() => requireSeenFolder(engine(false).context, folder));
  expect([error.code, error.parameters]).toEqual([
    "ENGINE_ELSEWHERE",
    { endpoint: "ssh://docker.example.org", folder },
  ]);
  expect(await readdir(root.path)).toEqual([]);
});
