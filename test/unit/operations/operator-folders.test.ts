import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Instance, toInstance } from "../../../src/instance/instance.ts";
import { newLock } from "../../../src/instance/lock.ts";
import { instancePaths } from "../../../src/instance/paths.ts";
import { requireReadableFolders } from "../../../src/operations/operator-folders.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

const LOCK = newLock("test");

/** An instance with both folders, open to all. */
async function instanceIn(home: string): Promise<Instance> {
  const paths = instancePaths(home, "ci");
  const local = ["settings.py", "conf.ini", "config.toml", "static/local/favicon.ico", "static/local/css/default.css"];
  const files = [...local.map((file) => `local/${file}`), "settings.d/50-mail.py"];
  for (const folder of ["local/static/local/css", "settings.d"])
    await mkdir(join(paths.folder, folder), { recursive: true });
  for (const file of files) await writeFile(join(paths.folder, file), "");
  await symlink("/nowhere", join(paths.local, "link"));
  return toInstance("ci", paths, { version: 1, profile: "ci", application: { local: "./local" } });
}

test("folders that all can read will do", async () => {
  await using home = await temporaryFolder();
  await expect(requireReadableFolders(await instanceIn(home.path), LOCK)).resolves.toBeUndefined();
});

test.each([
  ["local", 0o700, "local"],
  ["local", 0o754, "local"],
  ["local/static", 0o750, "local"],
  ["local/static/local/favicon.ico", 0o640, "local"],
  ["settings.d", 0o700, "settings.d"],
  ["settings.d/50-mail.py", 0o600, "settings.d"],
])("%s with mode %o is told with the folder to open", async (path, mode, folder) => {
  await using home = await temporaryFolder();
  const instance = await instanceIn(home.path);
  const file = join(instance.paths.folder, path);
  await chmod(file, mode);
  const error = await userErrorOf(() => requireReadableFolders(instance, LOCK));
  expect([error.code, error.parameters]).toEqual([
    "FOLDER_CLOSED",
    { file, folder: join(instance.paths.folder, folder) },
  ]);
});

test("a local folder that is not whole is told with all that it lacks", async () => {
  await using home = await temporaryFolder();
  const instance = await instanceIn(home.path);
  const { local } = instance.paths;
  await rm(join(local, "conf.ini"));
  await rm(join(local, "static/local/css"), { recursive: true });
  const error = await userErrorOf(() => requireReadableFolders(instance, LOCK));
  expect([error.code, error.parameters]).toEqual([
    "LOCAL_INCOMPLETE",
    { folder: local, files: ["conf.ini", "static/local/css/default.css"] },
  ]);
});

test("a closed folder that no container sees is nobody's business", async () => {
  await using home = await temporaryFolder();
  const instance = await instanceIn(home.path);
  await mkdir(join(instance.paths.local, ".git"), { mode: 0o700 });
  instance.settings.application.local = "local_biomaid";
  await chmod(instance.paths.local, 0o700);
  await expect(requireReadableFolders(instance, LOCK)).resolves.toBeUndefined();
});

test("a mounted source is looked at as far as the application sees it", async () => {
  await using home = await temporaryFolder();
  const source = join(home.path, "code");
  await mkdir(join(source, "common"), { recursive: true });
  await mkdir(join(source, "media"), { mode: 0o700 });
  const file = join(source, "common", "views.py");
  await writeFile(file, "");
  const paths = instancePaths(home.path, "development");
  const instance = toInstance("development", paths, { version: 1, profile: "development", source: { path: source } });
  await expect(requireReadableFolders(instance, newLock("test"))).resolves.toBeUndefined();
  await chmod(file, 0o600);
  const error = await userErrorOf(() => requireReadableFolders(instance, newLock("test")));
  expect([error.code, error.parameters]).toEqual(["FOLDER_CLOSED", { file, folder: source }]);
});
