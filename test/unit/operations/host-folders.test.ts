import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Instance, toInstance } from "../../../src/instance/instance.ts";
import { newLock } from "../../../src/instance/lock.ts";
import { instancePaths } from "../../../src/instance/paths.ts";
import type { Context } from "../../../src/operations/context.ts";
import { requireHostFolders } from "../../../src/operations/host-folders.ts";
import { requireReadableFolders } from "../../../src/operations/operator-folders.ts";
import { resolveInstanceSource, resolveSource } from "../../../src/operations/resolve-source.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

/** An instance in a home, with one folder of the host. */
async function instanceWith(home: string, folder: string): Promise<Instance> {
  const paths = instancePaths(home, "ci");
  await mkdir(paths.secrets, { recursive: true });
  return toInstance("ci", paths, { version: 1, profile: "ci", application: { attachment_roots: { docs: folder } } });
}

test.each([0o755, 0o750, 0o705])("a folder with mode %o may be one that the containers can read", async (mode) => {
  await using home = await temporaryFolder();
  const folder = join(home.path, "docs");
  await mkdir(folder);
  await chmod(folder, mode);
  await expect(requireHostFolders(await instanceWith(home.path, folder))).resolves.toBeUndefined();
});

test.each([0o700, 0o711, 0o740, 0o704])("one with mode %o is told with the command that opens it", async (mode) => {
  await using home = await temporaryFolder();
  const folder = join(home.path, "docs");
  await mkdir(folder);
  await chmod(folder, mode);
  const instance = await instanceWith(home.path, folder);
  const error = await userErrorOf(() => requireHostFolders(instance));
  expect([error.code, error.parameters]).toEqual([
    "HOST_FOLDER_CLOSED",
    { setting: "application.attachment_roots.docs", folder },
  ]);
});

test("one that is not there, or is a file, is told", async () => {
  await using home = await temporaryFolder();
  const file = join(home.path, "file");
  await writeFile(file, "");
  for (const folder of [join(home.path, "none"), file]) {
    const instance = await instanceWith(home.path, folder);
    const error = await userErrorOf(() => requireHostFolders(instance));
    expect(error.code).toBe("HOST_FOLDER_MISSING");
    expect(error.parameters).toMatchObject({ folder, path: instance.paths.file });
  }
});

test("one that holds the instance's secrets is refused, behind a link too", async () => {
  await using home = await temporaryFolder();
  const { paths } = await instanceWith(home.path, "/srv");
  const inside = join(paths.secrets, "inside");
  await mkdir(inside);
  const link = join(home.path, "link");
  await symlink(paths.folder, link);
  await chmod(home.path, 0o755);
  for (const folder of [home.path, paths.folder, paths.secrets, inside, link]) {
    const instance = await instanceWith(home.path, folder);
    const error = await userErrorOf(() => requireHostFolders(instance));
    expect([error.code, folder]).toEqual(["HOST_FOLDER_REFUSED", folder]);
  }
});

test("no code, and no local folder, may have the secrets in it: not one of their files gets into an image", async () => {
  await using home = await temporaryFolder();
  const { paths } = await instanceWith(home.path, "/srv");
  for (const name of ["manage.py", "pyproject.toml", "poetry.lock", "settings.py"])
    await writeFile(join(home.path, name), "");
  const source = toInstance("ci", paths, { version: 1, profile: "ci", source: { path: home.path } });
  const mounted = toInstance("ci", paths, { version: 1, profile: "development", source: { path: home.path } });
  const local = toInstance("ci", paths, { version: 1, profile: "ci", application: { local: "../" } });
  for (const [setting, refuse] of [
    ["source.path", () => resolveSource({} as Context, source, newLock("test"))],
    ["source.path", () => resolveInstanceSource({} as Context, mounted, newLock("test"))],
    ["application.local", () => requireReadableFolders(local, newLock("test"))],
  ] as const) {
    const error = await userErrorOf(refuse);
    expect([error.code, error.parameters]).toMatchObject(["HOST_FOLDER_REFUSED", { setting, folder: home.path }]);
  }
});

test("one beside the secrets is not", async () => {
  await using home = await temporaryFolder();
  const { paths } = await instanceWith(home.path, "/srv");
  const folder = join(paths.folder, "secrets-of-the-trade");
  await mkdir(folder);
  await expect(requireHostFolders(await instanceWith(home.path, folder))).resolves.toBeUndefined();
});
