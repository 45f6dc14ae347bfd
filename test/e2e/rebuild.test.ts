import { appendFile, cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { newInstance } from "../support/instance.ts";
import { application } from "../support/source.ts";

/** Digests of an image's layers, lowest first: a layer that was made again has another one, because of its files' dates. */
async function layersOf(image: string): Promise<string[]> {
  const { stdout } = await execa("docker", ["image", "inspect", "--format", "{{json .RootFS.Layers}}", image]);
  return JSON.parse(stdout) as string[];
}

test("a change of code makes a new release, without installing its dependencies again", async () => {
  await using instance = await newInstance();
  const source = join(instance.home, "source");
  await cp(application.folder, source, {
    recursive: true,
    // A plain folder: what git ignores would be no part of it.
    filter: (path) => !/\/(\.git|__pycache__|media|staticfiles)$/.test(path),
  });
  await instance.create({ source: ["--source", source] });
  const before = (await instance.services())["app"]?.image ?? "";

  const changed = join(source, "dra", "wsgi.py");
  await writeFile(changed, await readFile(changed));
  await instance.cli(["up", instance.name]);
  expect((await instance.services())["app"]?.image, "the same code is the same release").toBe(before);

  await appendFile(changed, "\nCHANGED = True\n");
  await instance.cli(["up", instance.name]);
  const after = (await instance.services())["app"]?.image ?? "";
  expect(after).not.toBe(before);
  const [old, made] = await Promise.all([layersOf(before), layersOf(after)]);
  const same = old.filter((digest) => made.includes(digest));
  expect(made).toHaveLength(old.length);
  expect(same, "one layer is new: the code").toHaveLength(old.length - 1);
  const { stdout } = await instance.compose("exec", "-T", "app", "tail", "-1", "dra/wsgi.py");
  expect(stdout).toBe("CHANGED = True");
});
