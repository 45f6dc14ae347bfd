import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { containersOf } from "../../support/engine.ts";
import { newInstance, type TestInstance } from "../../support/instance.ts";
import { listen } from "../../support/ports.ts";
import { copyApplication } from "../../support/source.ts";

// No instance runs yet: what a build that ends early does to one that runs, interrupted-up.test.ts and disk-full.test.ts see.

/** A copy of the application whose file has something else in it. */
async function changedSource(
  instance: TestInstance,
  file: string,
  change: (text: string) => string,
): Promise<string[]> {
  const source = join(instance.home, "source");
  await copyApplication(source);
  const path = join(source, file);
  const text = await readFile(path, "utf8");
  expect(change(text)).not.toBe(text);
  await writeFile(path, change(text));
  return ["--source", source];
}

/** The image that the error is about. */
async function imageOf(stderr: string): Promise<string> {
  const tag = /biomaid-compose\/biomaid:folder-[0-9a-f]+/.exec(stderr)?.[0] ?? "";
  expect(tag).not.toBe("");
  return (await execa("docker", ["image", "ls", "--quiet", tag])).stdout;
}

test("a poetry.lock that does not match pyproject.toml is told, with the folder and the way out", async () => {
  await using instance = await newInstance();
  const source = await changedSource(instance, "pyproject.toml", (text) =>
    text.replace("[tool.poetry.dependencies]\n", '[tool.poetry.dependencies]\nuntold = "^1.0"\n'),
  );
  for (const [lang, words] of [
    ["en", "poetry.lock does not match pyproject.toml"],
    ["fr", "poetry.lock ne correspond pas à pyproject.toml"],
  ] as const) {
    const { stderr } = await instance.create({ source, args: ["--lang", lang], exitStatus: 1 });
    expect(stderr).toContain("[LOCK_OUTDATED]");
    expect(stderr).toContain(words);
    expect(stderr).toContain(join(instance.home, "source"));
    expect(stderr).toContain("`poetry lock`");
  }
  expect(await containersOf(instance.project)).toEqual([]);
});

test("a network that fails during a build is told as such, within a minute, and no half image stays", async () => {
  await using instance = await newInstance();
  // A proxy that is not there: its port is taken from the free ones, and given back.
  const { port } = instance;
  await (await listen(port))[Symbol.asyncDispose]();
  const proxy = `http://127.0.0.1:${port}`;
  const env = { http_proxy: proxy, https_proxy: proxy, HTTP_PROXY: proxy, HTTPS_PROXY: proxy, no_proxy: "" };
  // The layer of the dependencies is another one, and none of the cached packages is that one.
  const source = await changedSource(instance, "poetry.lock", (text) => `${text}\n# ${instance.name}\n`);
  const started = performance.now();
  const { stderr } = await instance.create({ source, env, exitStatus: 1 });
  expect(performance.now() - started).toBeLessThan(60_000);
  expect(stderr).toContain("[BUILD_NETWORK]");
  expect(await imageOf(stderr)).toBe("");
  expect(await containersOf(instance.project)).toEqual([]);
});
