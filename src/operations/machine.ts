import { statfs } from "node:fs/promises";
import type { Instance } from "../instance/instance.ts";
import { type Machine, tooSmall } from "../stack/sizing.ts";
import type { Context } from "./context.ts";

/** What the engine has to run an instance on. */
export async function inspectMachine(context: Context): Promise<Machine> {
  const docker = await context.docker();
  const [{ cores, memory }, folder] = await Promise.all([docker.capacity(), docker.dataFolder()]);
  // An engine elsewhere has its data where this machine has nothing, or something else that says nothing about it.
  const disk = await statfs(folder).then(
    ({ blocks, bsize }) => blocks * bsize,
    () => undefined,
  );
  return { cores, memory, disk };
}

export type MachineWarning = "belowMinimum" | "belowRecommended";

/** A demonstration takes the guide's minimum, an instance that people work with what it recommends. */
export function machineWarnings({ profile }: Instance, machine: Machine): MachineWarning[] {
  if (tooSmall(machine, "minimum")) return ["belowMinimum"];
  return profile === "production" && tooSmall(machine, "recommended") ? ["belowRecommended"] : [];
}
