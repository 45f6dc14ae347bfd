import { chmod, mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { digestOf } from "./digest.ts";
import { writeAtomic } from "./write-atomic.ts";

/** Paths, relative to the instance's folder, and contents. */
export type GeneratedFiles = ReadonlyMap<string, string>;

/** For each generated file, the digests of the contents that we may have written. */
type Manifest = Record<string, string[]>;

const MANIFEST = "stack/manifest.json";

/**
 * Writes the generated files that have changed, each atomically, and removes those of the last time that are no longer
 * wanted. The manifest names old and new contents before the first write and only the new ones after the last, so that
 * an interrupted run is never taken for an edit by hand.
 *
 * @throws UserError GENERATED_FILE_EDITED when a file holds something that we did not write: nothing is changed then
 */
export async function writeGenerated(folder: string, files: GeneratedFiles): Promise<void> {
  const before = await readManifest(folder);
  const after: Manifest = Object.fromEntries([...files].map(([path, text]) => [path, [digestOf(text)]]));
  const both = merge(before, after);
  await refuseEdits(folder, both);
  await save(folder, MANIFEST, toJson(both));
  for (const [path, text] of files) await save(folder, path, text);
  for (const path of Object.keys(before)) {
    if (!files.has(path)) await rm(join(folder, path), { force: true });
  }
  await save(folder, MANIFEST, toJson(after));
}

async function refuseEdits(folder: string, accepted: Manifest): Promise<void> {
  const edited: string[] = [];
  for (const [path, digests] of Object.entries(accepted)) {
    const text = await readIfAny(join(folder, path));
    if (text !== undefined && !digests.includes(digestOf(text))) edited.push(join(folder, path));
  }
  if (edited.length > 0) throw new UserError("GENERATED_FILE_EDITED", { files: edited, folder });
}

async function readManifest(folder: string): Promise<Manifest> {
  const text = await readIfAny(join(folder, MANIFEST));
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as Manifest;
  } catch (cause) {
    throw new UserError("GENERATED_FILE_EDITED", { files: [join(folder, MANIFEST)], folder }, { cause });
  }
}

function merge(one: Manifest, other: Manifest): Manifest {
  const merged: Manifest = { ...one };
  for (const [path, digests] of Object.entries(other)) {
    merged[path] = [...new Set([...(one[path] ?? []), ...digests])];
  }
  return merged;
}

async function save(folder: string, path: string, text: string): Promise<void> {
  const full = join(folder, path);
  if ((await readIfAny(full)) === text) return;
  await makeFolder(folder, dirname(path));
  await writeAtomic(full, text);
}

/** 0755 whatever the operator's umask: containers read these folders, too. */
async function makeFolder(folder: string, path: string): Promise<void> {
  if (path === ".") return;
  await makeFolder(folder, dirname(path));
  await mkdir(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await chmod(join(folder, path), 0o755);
}

async function readIfAny(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
