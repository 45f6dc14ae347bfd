import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { UserError } from "../errors/user-error.ts";
import { writeAtomic } from "../files/write-atomic.ts";
import { FORMAT_VERSION } from "./schema.ts";

const lockSchema = z.strictObject({
  version: z.literal(FORMAT_VERSION),
  /** On every container and volume: tells this instance from another of the same name in another home. */
  uuid: z.uuid(),
  generator: z.string(),
  /** The commit that the source's ref meant when it was first asked for. */
  source: z.strictObject({ git: z.string(), ref: z.string(), commit: z.string() }).optional(),
  /** The commit of the local folder's own repository. */
  local: z.strictObject({ git: z.string(), ref: z.string(), commit: z.string() }).optional(),
  /** Digest of the release, local folder and settings.d that were found to fit each other. */
  fitting: z.string().optional(),
  /** What pyproject.toml of that commit says. */
  project: z
    .strictObject({
      commit: z.string(),
      groups: z.array(z.string()),
      extras: z.array(z.string()),
      python: z.string().optional(),
    })
    .optional(),
  bases: z
    .strictObject({
      mode: z.enum(["registry", "packages"]),
      suite: z.string(),
      images: z.record(z.string(), z.string()),
    })
    .optional(),
  /** Counts the changes of what the app service is made of: a newer app takes the socket over from an older one. */
  app: z.strictObject({ digest: z.string(), generation: z.int().min(1) }).optional(),
  /** Where the data are that are not on Docker's own volumes: on which server, in which folder. */
  data: z.strictObject({ database: z.string().optional(), media: z.string().optional() }).optional(),
  /** Addresses and ports that other machines can reach, as the operator was last told of them. */
  published: z.array(z.string()).optional(),
  /** Counts the times that a secret's file was replaced, known by when it was last written to: nothing tells its value. */
  secrets: z.strictObject({ revision: z.int().min(1), written: z.record(z.string(), z.string()) }).optional(),
  /** The fixtures that were given to the database: their users outlive a change of the settings, until the data goes. */
  fixtures: z.array(z.string()).min(1).optional(),
});
export type Lock = z.infer<typeof lockSchema>;

const HEADER = "# Written by biomaid-compose: what was resolved once. Do not edit; keep it with instance.yaml.\n";

export function newLock(generator: string): Lock {
  return { version: FORMAT_VERSION, uuid: randomUUID(), generator };
}

/** @throws UserError LOCK_FILE_INVALID */
export async function readLock(path: string): Promise<Lock | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return lockSchema.parse(parse(text));
  } catch (cause) {
    throw new UserError("LOCK_FILE_INVALID", { path }, { cause });
  }
}

/** @throws UserError LOCK_MISSING, LOCK_FILE_INVALID */
export async function requireLock(path: string): Promise<Lock> {
  const lock = await readLock(path);
  if (lock === undefined) throw new UserError("LOCK_MISSING", { path });
  return lock;
}

export async function writeLock(path: string, lock: Lock): Promise<void> {
  await writeAtomic(path, HEADER + stringify(lock));
}
