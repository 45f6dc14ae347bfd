import { chmod, cp, mkdir, rename, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../../src/files/digest.ts";
import { digestTree, listTree } from "../../../src/files/tree.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

async function makeTree(root: string): Promise<void> {
  await mkdir(join(root, "b", "c"), { recursive: true });
  await mkdir(join(root, "empty"));
  await writeFile(join(root, "a"), "1");
  await writeFile(join(root, "b", "c", "d"), "2");
  await symlink("a", join(root, "link"));
}

async function digest(root: string): Promise<string> {
  return digestTree(root, await listTree(root));
}

describe("digestOf", () => {
  test("tells apart what the same characters may be divided into", () => {
    const all = [digestOf("ab", "c"), digestOf("a", "bc"), digestOf("abc"), digestOf("abc", ""), digestOf("c", "ab")];
    expect(new Set(all).size).toBe(all.length);
  });

  test("takes bytes and text alike", () => {
    expect(digestOf("é")).toBe(digestOf(Buffer.from("é")));
  });
});

describe("listTree", () => {
  test("gives files and links, sorted, and nothing of what is left out", async () => {
    await using folder = await temporaryFolder();
    await makeTree(folder.path);
    expect(await listTree(folder.path)).toEqual(["a", "b/c/d", "link"]);
    expect(await listTree(folder.path, (path) => path === "b")).toEqual(["a", "link"]);
  });

  test("names a file whose name is not UTF-8, which could not be read", async () => {
    await using folder = await temporaryFolder();
    await writeFile(Buffer.concat([Buffer.from(`${folder.path}/caf`), Buffer.from([0xe9])]), "");
    const error = await userErrorOf(() => listTree(folder.path));
    expect([error.code, error.parameters]).toEqual([
      "FILE_NAME_UNREADABLE",
      { folder: folder.path, file: "caf\u{fffd}" },
    ]);
  });

  test("does not walk through a link to a folder", async () => {
    await using folder = await temporaryFolder();
    await makeTree(folder.path);
    await symlink("..", join(folder.path, "b", "up"));
    expect(await listTree(folder.path)).toEqual(["a", "b/c/d", "b/up", "link"]);
  });
});

describe("digestTree", () => {
  test.each<[string, (root: string) => Promise<unknown>]>([
    ["a content", (root) => writeFile(join(root, "a"), "3")],
    ["a name", (root) => rename(join(root, "a"), join(root, "z"))],
    ["a folder's name", (root) => rename(join(root, "b"), join(root, "y"))],
    ["an executable bit", (root) => chmod(join(root, "a"), 0o755)],
    [
      "where a link points",
      async (root) => {
        await unlink(join(root, "link"));
        await symlink("b", join(root, "link"));
      },
    ],
    [
      "a link into a file of the same content",
      async (root) => {
        await unlink(join(root, "link"));
        await writeFile(join(root, "link"), "a");
      },
    ],
    ["one file more", (root) => writeFile(join(root, "e"), "")],
  ])("changes with %s", async (_, change) => {
    await using folder = await temporaryFolder();
    await makeTree(folder.path);
    const before = await digest(folder.path);
    await change(folder.path);
    expect(await digest(folder.path)).not.toBe(before);
  });

  test("does not depend on where the tree is, on times, nor on other modes", async () => {
    await using folder = await temporaryFolder();
    const [one, other] = [join(folder.path, "one"), join(folder.path, "other")];
    await mkdir(one);
    await makeTree(one);
    await cp(one, other, { recursive: true, verbatimSymlinks: true });
    await chmod(join(other, "a"), 0o600);
    expect(await digest(other)).toBe(await digest(one));
  });
});
