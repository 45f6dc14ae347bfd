import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { withCacheLock, withFolderLock } from "../../../src/adapters/file-lock.ts";
import { createProcessRunner } from "../../../src/adapters/process.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

const processes = createProcessRunner(() => {}, new AbortController().signal);

test("a second command is turned away while the first one works, is told which process that is, and then let in", async () => {
  await using folder = await temporaryFolder();
  const result = await withFolderLock(processes, folder.path, async () => {
    const error = await userErrorOf(() => withFolderLock(processes, folder.path, async () => expect.unreachable()));
    expect([error.code, error.parameters]).toEqual([
      "INSTANCE_BUSY",
      { folder: folder.path, process: String(process.pid) },
    ]);
    return "first";
  });
  expect(result).toBe("first");
  expect(await withFolderLock(processes, folder.path, async () => "second")).toBe("second");
});

test("a command that fails leaves no lock behind", async () => {
  await using folder = await temporaryFolder();
  const failing = withFolderLock(processes, folder.path, () => Promise.reject(new Error("failed")));
  await expect(failing).rejects.toThrow("failed");
  expect(await withFolderLock(processes, folder.path, async () => "next")).toBe("next");
});

test("a killed process holds no lock, not for a second", async () => {
  await using folder = await temporaryFolder();
  const modules = join(import.meta.dirname, "..", "..", "..", "src", "adapters");
  const script = `
    import { withFolderLock } from "${modules}/file-lock.ts";
    import { createProcessRunner } from "${modules}/process.ts";
    const processes = createProcessRunner(() => {}, new AbortController().signal);
    await withFolderLock(processes, ${JSON.stringify(folder.path)}, async () => process.kill(process.pid, "SIGKILL"));
  `;
  const { signal } = await execa(process.execPath, ["--input-type=module", "-e", script], { reject: false });
  expect(signal).toBe("SIGKILL");
  expect(await readdir(folder.path)).toEqual([".lock"]);
  expect(await withFolderLock(processes, folder.path, async () => "next")).toBe("next");
});

test("two folders do not get in each other's way", async () => {
  await using one = await temporaryFolder();
  await using other = await temporaryFolder();
  const nested = withFolderLock(processes, one.path, () => withFolderLock(processes, other.path, async () => "both"));
  expect(await nested).toBe("both");
});

test("what works on the cache waits for its turn", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "cache.lock");
  let working = 0;
  const turn = (): Promise<void> =>
    withCacheLock(processes, file, async () => {
      expect(++working).toBe(1);
      await new Promise((done) => setTimeout(done, 50));
      working--;
    });
  await Promise.all([turn(), turn(), turn()]);
});
