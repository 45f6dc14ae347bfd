import { setTimeout } from "node:timers/promises";

const PAUSE_MS = 100;

/** Waits until the probe returns something; an error that the probe throws ends the wait. */
export async function eventually<T>(what: string, seconds: number, probe: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await setTimeout(PAUSE_MS);
  }
}
