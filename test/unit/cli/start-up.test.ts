import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support.ts";

const MAIN = join(import.meta.dirname, "..", "..", "..", "src", "main.ts");
const HOOK = join(import.meta.dirname, "loaded-packages.ts");

/** The packages that a command of the CLI loads. */
async function packagesOf(...args: string[]): Promise<string[]> {
  const { stderr } = await execa(process.execPath, ["--import", HOOK, MAIN, ...args], { env: { LC_ALL: "C" } });
  return JSON.parse(stderr) as string[];
}

test.concurrent.each([["--help"], ["up", "--help"], ["help", "down"]])(
  "help loads commander and nothing else: %s %s",
  async (...args) => {
    expect(await packagesOf(...args)).toEqual(["commander"]);
  },
);

test.concurrent("a command that needs no engine loads neither dockerode nor undici", async () => {
  await using home = await temporaryFolder();
  const packages = await packagesOf("--json", "--home", home.path, "init", "demo");
  expect(packages).toContain("zod");
  expect(packages.filter((name) => ["dockerode", "undici", "pg", "ejs"].includes(name))).toEqual([]);
});
