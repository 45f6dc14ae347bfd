import type { Settings } from "../instance/schema.ts";

/** What the engine runs containers on; memory and disk in bytes. */
export interface Machine {
  cores: number;
  memory: number;
  /** The whole of the file system that holds the engine's data; undefined where it is another machine's. */
  disk: number | undefined;
}

/** Megabytes: 164 MB per worker were measured on BiomAid 0.15, exports take several times that. */
export const WORKER_MEMORY = 384;

/** What a process of the application needs beside its workers, in megabytes. */
export const APPLICATION_MEMORY = 512;

/** Megabytes that stay for the rest: 1024 for db and 256 for web, which are their limits, as much again for cron and the system. */
const RESERVED = 2560;

/** Two for a visitor who waits for an export not to hold up all others; 64 as in the schema. */
const WORKERS = { least: 2, most: 64 };

/**
 * The number of gunicorn's workers that a machine is good for: two for each core and one more, as gunicorn's own
 * documentation has it (docs.gunicorn.org, Design, “How Many Workers?”), as far as there is memory for them.
 */
function workersFor({ cores, memory }: Machine): number {
  const room = Math.floor((memory / 2 ** 20 - RESERVED - APPLICATION_MEMORY) / WORKER_MEMORY);
  return Math.max(WORKERS.least, Math.min(2 * cores + 1, room, WORKERS.most));
}

/** How many workers gunicorn has. */
export function workerCount({ application: { workers } }: Settings, machine: Machine): number {
  return workers === "auto" ? workersFor(machine) : workers;
}

/** The guide, 1.2.1.1: enough for a mock-up or a demonstration, and what it recommends for production. */
const MINIMUM = { cores: 1, memory: 2e9, disk: 20e9 };
const RECOMMENDED = { cores: 4, memory: 8e9, disk: 40e9 };

/** The system keeps some of the memory that a machine is sold with, and a file system some of its disk. */
const SHARE = 0.9;

/** Whether the machine has less than the guide wants for it. */
export function tooSmall(machine: Machine, purpose: "minimum" | "recommended"): boolean {
  const wanted = purpose === "minimum" ? MINIMUM : RECOMMENDED;
  const { cores, memory, disk = wanted.disk } = machine;
  return cores < wanted.cores || memory < wanted.memory * SHARE || disk < wanted.disk * SHARE;
}
