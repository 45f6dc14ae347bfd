import { readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeGenerated } from "../../../src/files/generated.ts";
import { listTree } from "../../../src/files/tree.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

const FIRST = new Map([
  ["compose.yaml", "one\n"],
  ["stack/app/settings.json", "{}\n"],
  ["stack/web/pages/waiting.html", "<p>\n"],
]);
const SECOND = new Map([
  ["compose.yaml", "two\n"],
  ["stack/app/settings.json", '{"a":1}\n'],
]);

/** Every file of a folder with its content. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const paths = await listTree(folder);
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), "utf8")])),
  );
}

async function inodesOf(folder: string): Promise<Record<string, [bigint, bigint]>> {
  const paths = await listTree(folder);
  const found = paths.map(async (path) => {
    const { ino, mtimeNs } = await stat(join(folder, path), { bigint: true });
    return [path, [ino, mtimeNs]] as const;
  });
  return Object.fromEntries((await Promise.all(found)).map(([path, id]) => [path, [...id]]));
}

async function generatedOf(folder: string): Promise<Record<string, string>> {
  const { "stack/manifest.json": _, ...others } = await contentOf(folder);
  return others;
}

test("what is generated is written, and what is no longer generated is removed", async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "instance.yaml"), "mine\n");
  await writeGenerated(folder.path, FIRST);
  expect(await generatedOf(folder.path)).toEqual({ ...Object.fromEntries(FIRST), "instance.yaml": "mine\n" });
  await writeGenerated(folder.path, SECOND);
  expect(await generatedOf(folder.path)).toEqual({ ...Object.fromEntries(SECOND), "instance.yaml": "mine\n" });
});

test("nothing is written where nothing has changed", async () => {
  await using folder = await temporaryFolder();
  await writeGenerated(folder.path, FIRST);
  const before = await inodesOf(folder.path);
  await writeGenerated(folder.path, FIRST);
  expect(await inodesOf(folder.path)).toEqual(before);
});

test("a file that was deleted comes back", async () => {
  await using folder = await temporaryFolder();
  await writeGenerated(folder.path, FIRST);
  await rm(join(folder.path, "compose.yaml"));
  await writeGenerated(folder.path, FIRST);
  expect(await generatedOf(folder.path)).toEqual(Object.fromEntries(FIRST));
});

test("files and folders are readable to other users under the strictest umask", async () => {
  await using folder = await temporaryFolder();
  const before = process.umask(0o077);
  try {
    await writeGenerated(folder.path, FIRST);
  } finally {
    process.umask(before);
  }
  const modes = await Promise.all(
    ["stack", "stack/app", "stack/web", "stack/web/pages", "compose.yaml", "stack/web/pages/waiting.html"].map(
      async (path) => ((await stat(join(folder.path, path))).mode & 0o777).toString(8),
    ),
  );
  expect(modes).toEqual(["755", "755", "755", "755", "644", "644"]);
});

describe("an edit by hand", () => {
  test("is refused, with every file that was edited, and nothing is changed", async () => {
    await using folder = await temporaryFolder();
    await writeGenerated(folder.path, FIRST);
    const [compose, page] = [join(folder.path, "compose.yaml"), join(folder.path, "stack/web/pages/waiting.html")];
    await writeFile(compose, "one # edited\n");
    await writeFile(page, "<p>edited\n");
    const before = await contentOf(folder.path);
    const error = await userErrorOf(() => writeGenerated(folder.path, SECOND));
    expect([error.code, error.parameters]).toEqual([
      "GENERATED_FILE_EDITED",
      { files: [compose, page], folder: folder.path },
    ]);
    expect(await contentOf(folder.path)).toEqual(before);
  });

  test("is refused again the next time, and accepted once the file is deleted", async () => {
    await using folder = await temporaryFolder();
    await writeGenerated(folder.path, FIRST);
    await writeFile(join(folder.path, "compose.yaml"), "edited\n");
    for (const files of [FIRST, SECOND, SECOND]) {
      expect((await userErrorOf(() => writeGenerated(folder.path, files))).code).toBe("GENERATED_FILE_EDITED");
    }
    await rm(join(folder.path, "compose.yaml"));
    await writeGenerated(folder.path, SECOND);
    expect(await generatedOf(folder.path)).toEqual(Object.fromEntries(SECOND));
  });

  test("is a file of the operator's in the place of a generated one, too", async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, "compose.yaml"), "services: {}\n");
    expect((await userErrorOf(() => writeGenerated(folder.path, FIRST))).code).toBe("GENERATED_FILE_EDITED");
    expect(await contentOf(folder.path)).toEqual({ "compose.yaml": "services: {}\n" });
  });
});

describe("a run that ends halfway", () => {
  /** The second run writes compose.yaml and then fails: a link to nowhere is in the way of the next file. */
  async function writeHalf(folder: string): Promise<void> {
    await writeGenerated(folder, FIRST);
    const link = join(folder, "stack", "new");
    await symlink("nowhere", link);
    const files = new Map([["compose.yaml", "two\n"], ["stack/new/file", ""], ...SECOND]);
    await expect(writeGenerated(folder, files)).rejects.toThrow("ENOENT");
    await rm(link);
    expect(await generatedOf(folder)).toEqual({ ...Object.fromEntries(FIRST), "compose.yaml": "two\n" });
  }

  test.each([
    ["the same again", SECOND],
    ["the one before", FIRST],
    ["a third", new Map([["compose.yaml", "three\n"]])],
  ])("is not taken for an edit by %s", async (_, next) => {
    await using folder = await temporaryFolder();
    await writeHalf(folder.path);
    await writeGenerated(folder.path, next);
    expect(await generatedOf(folder.path)).toEqual(Object.fromEntries(next));
  });

  test("does not make an edit pass for ours", async () => {
    await using folder = await temporaryFolder();
    await writeHalf(folder.path);
    await writeFile(join(folder.path, "compose.yaml"), "edited\n");
    expect((await userErrorOf(() => writeGenerated(folder.path, SECOND))).code).toBe("GENERATED_FILE_EDITED");
  });
});

test("a damaged manifest is named, and nothing is changed", async () => {
  await using folder = await temporaryFolder();
  await writeGenerated(folder.path, FIRST);
  await writeFile(join(folder.path, "stack/manifest.json"), "{");
  const error = await userErrorOf(() => writeGenerated(folder.path, SECOND));
  expect(error.code).toBe("GENERATED_FILE_EDITED");
  expect(error.parameters).toMatchObject({ files: [join(folder.path, "stack/manifest.json")] });
  expect(await generatedOf(folder.path)).toEqual(Object.fromEntries(FIRST));
});

test("no draft is left beside the files", async () => {
  await using folder = await temporaryFolder();
  await writeGenerated(folder.path, FIRST);
  expect((await readdir(folder.path)).sort()).toEqual(["compose.yaml", "stack"]);
});
