import { expect, test } from "vitest";
import { withFolderLock } from "../../../src/files/folder-lock.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

test("a second command is turned away while the first one works, and then let in", async () => {
  await using folder = await temporaryFolder();
  const result = await withFolderLock(folder.path, async () => {
    const error = await userErrorOf(() => withFolderLock(folder.path, async () => expect.unreachable()));
    expect([error.code, error.parameters]).toEqual(["INSTANCE_BUSY", { folder: folder.path }]);
    return "first";
  });
  expect(result).toBe("first");
  expect(await withFolderLock(folder.path, async () => "second")).toBe("second");
});

test("a command that fails leaves no lock behind", async () => {
  await using folder = await temporaryFolder();
  await expect(withFolderLock(folder.path, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(await withFolderLock(folder.path, async () => "next")).toBe("next");
});

test("two folders do not get in each other's way", async () => {
  await using one = await temporaryFolder();
  await using other = await temporaryFolder();
  expect(await withFolderLock(one.path, () => withFolderLock(other.path, async () => "both"))).toBe("both");
});
