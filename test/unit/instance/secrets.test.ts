import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ensureSecrets, forgetSecret, replaceSecret, SECRET_NAMES } from "../../../src/instance/secrets.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o7777).toString(8);
}

async function readAll(folder: string): Promise<string[]> {
  return Promise.all(SECRET_NAMES.map((name) => readFile(join(folder, name), "utf8")));
}

test("each is made once, and differs from the others and from those of another instance", async () => {
  await using home = await temporaryFolder();
  const [one, other] = [join(home.path, "one"), join(home.path, "other")];
  await ensureSecrets(one);
  const before = await readAll(one);
  await ensureSecrets(one);
  await ensureSecrets(other);
  expect(await readAll(one)).toEqual(before);
  const all = [...before, ...(await readAll(other))];
  expect(new Set(all).size).toBe(4);
  for (const secret of all) expect(secret).toMatch(/^[A-Za-z0-9_-]{64}$/);
  expect((await readdir(one)).sort()).toEqual([...SECRET_NAMES].sort());
});

test("the folder is private, and the files are readable by the containers' users whatever they were before", async () => {
  await using home = await temporaryFolder();
  const folder = join(home.path, "secrets");
  await ensureSecrets(folder);
  await chmod(join(folder, "secret_key"), 0o600);
  await ensureSecrets(folder);
  expect(await modeOf(folder)).toBe("700");
  for (const name of SECRET_NAMES) expect(await modeOf(join(folder, name))).toBe("444");
});

test.each([0o755, 0o710, 0o701])("a folder of mode %o is refused, and nothing is written there", async (mode) => {
  await using folder = await temporaryFolder();
  await chmod(folder.path, mode);
  const error = await userErrorOf(() => ensureSecrets(folder.path));
  expect([error.code, error.parameters]).toEqual(["SECRETS_EXPOSED", { folder: folder.path, mode: mode.toString(8) }]);
  expect(await readdir(folder.path)).toEqual([]);
});

test("one that the operator put there stays, and only the other is made", async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "database_password"), "my own\n");
  await ensureSecrets(folder.path);
  expect(await readFile(join(folder.path, "database_password"), "utf8")).toBe("my own\n");
  expect(await readFile(join(folder.path, "secret_key"), "utf8")).toHaveLength(64);
});

test.each(["", "\n", "  "])("one that holds only %j is refused and left as it is", async (content) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "secret_key");
  await writeFile(file, content);
  const error = await userErrorOf(() => ensureSecrets(folder.path));
  expect([error.code, error.parameters]).toEqual(["SECRET_EMPTY", { file }]);
  expect(await readFile(file, "utf8")).toBe(content);
});

test("what a killed run left behind is in nobody's way", async () => {
  await using folder = await temporaryFolder();
  await mkdir(folder.path, { recursive: true });
  await writeFile(join(folder.path, `secret_key.${process.pid}`), "half", { mode: 0o400 });
  await ensureSecrets(folder.path);
  expect((await readAll(folder.path)).join()).not.toContain("half");
});

test("a replaced secret comes first, the one before it second, and none is left of those before that", async () => {
  await using folder = await temporaryFolder();
  const secrets = join(folder.path, "secrets");
  await ensureSecrets(secrets);
  const file = join(secrets, "secret_key");
  const lines = async (): Promise<string[]> => (await readFile(file, "utf8")).trim().split("\n");
  const [first] = await lines();
  await replaceSecret(file);
  const [second, ...former] = await lines();
  expect(second).toMatch(/^[A-Za-z0-9_-]{64}$/);
  expect([second === first, former]).toEqual([false, [first]]);
  await replaceSecret(file);
  const [third, ...others] = await lines();
  expect(others).toEqual([second]);
  expect(await forgetSecret(file)).toBe(true);
  expect(await lines()).toEqual([third]);
  expect(await forgetSecret(file)).toBe(false);
  expect(await modeOf(file)).toBe("444");
  await ensureSecrets(secrets);
  expect(await lines()).toEqual([third]);
  expect((await readdir(secrets)).sort()).toEqual([...SECRET_NAMES].sort());
});

test("what a killed command has left beside a secret is never taken for it", async () => {
  await using folder = await temporaryFolder();
  const secrets = join(folder.path, "secrets");
  await ensureSecrets(secrets);
  const file = join(secrets, "secret_key");
  const before = (await readFile(file, "utf8")).trim();
  await writeFile(`${file}.new`, "half", { mode: 0o400 });
  await replaceSecret(file);
  expect((await readFile(file, "utf8")).split("\n")[1]).toBe(before);
  expect((await userErrorOf(() => replaceSecret(join(secrets, "nothing")))).code).toBe("SECRET_MISSING");
});
