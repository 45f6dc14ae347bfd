import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { exists } from "../files/exists.ts";

export const SECRET_NAMES = ["secret_key", "database_password"] as const;

/** Django's own SECRET_KEY has 50 characters; 48 random bytes give 64 in base64url. */
const SECRET_BYTES = 48;

/** The secrets of an instance that are not there. */
export async function missingSecrets(folder: string): Promise<string[]> {
  const files = SECRET_NAMES.map((name) => join(folder, name));
  const present = await Promise.all(files.map(exists));
  return files.filter((_, index) => !present[index]);
}

/**
 * When each secret was last written to.
 *
 * @param given names of files that the operator has put there
 */
export async function secretsWritten(folder: string, given: readonly string[] = []): Promise<Record<string, string>> {
  const names = [...SECRET_NAMES, ...given];
  const times = names.map(async (name) => [name, (await stat(join(folder, name))).mtime.toISOString()] as const);
  return Object.fromEntries(await Promise.all(times));
}

/**
 * Makes the secrets that are not there yet. The folder is for its owner alone (0700); the files are 0444, because the
 * containers' users read them and Compose keeps the modes of the host.
 *
 * @throws UserError SECRETS_EXPOSED when others can look into the folder; SECRET_EMPTY when a file is there but holds
 *   nothing: it is never overwritten; SECRET_NOT_GIVEN
 *
 * @param given names of files that the operator has to put there
 */
export async function ensureSecrets(folder: string, given: readonly string[] = []): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode } = await stat(folder);
  if ((mode & 0o077) !== 0) throw new UserError("SECRETS_EXPOSED", { folder, mode: (mode & 0o777).toString(8) });
  for (const name of [...SECRET_NAMES, ...given]) {
    const file = join(folder, name);
    if (given.includes(name) && !(await exists(file))) throw new UserError("SECRET_NOT_GIVEN", { file });
    if (!given.includes(name)) await createOnce(file);
    if ((await readFile(file, "utf8")).trim() === "") throw new UserError("SECRET_EMPTY", { file });
    await chmod(file, 0o444);
  }
}

/**
 * Gives a secret a new value in the first line of its file. The value before it is the second line, and those before that
 * are gone. The file is replaced whole or not at all.
 *
 * @throws UserError SECRET_MISSING, SECRET_EMPTY
 */
export async function replaceSecret(file: string): Promise<void> {
  const [current] = await secretValues(file);
  await replaceFile(file, `${newValue()}\n${current}\n`);
}

/**
 * Takes the value before the present one out of a secret's file.
 *
 * @returns whether there was one
 * @throws UserError SECRET_MISSING, SECRET_EMPTY
 */
export async function forgetSecret(file: string): Promise<boolean> {
  const [current, ...former] = await secretValues(file);
  if (former.length === 0) return false;
  await replaceFile(file, `${current}\n`);
  return true;
}

async function secretValues(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") throw new UserError("SECRET_MISSING", { file }, { cause });
    throw cause;
  });
  const values = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (values.length === 0) throw new UserError("SECRET_EMPTY", { file });
  return values;
}

async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  try {
    await writeFile(draft, text, { mode: 0o600, flush: true });
    await chmod(draft, 0o444);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

function newValue(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/** A link to a finished file either appears whole or not at all, and fails when the name is taken. */
async function createOnce(file: string): Promise<void> {
  // Left by a killed command, it may be a second name of the secret itself: never to be written into.
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  await writeFile(draft, newValue(), { mode: 0o600 });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
