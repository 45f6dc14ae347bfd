import { statfs } from "node:fs/promises";
import type { Capacity } from "../adapters/docker.ts";
import type { Instance } from "../instance/instance.ts";
import { type Machine, tooSmall } from "../stack/sizing.ts";
import type { Context } from "./context.ts";

/** What the engine has to run an instance on, and how it confines containers. */
export type EngineMachine = Machine & Pick<Capacity, "limits" | "selinux">;

export async function inspectMachine(context: Context): Promise<EngineMachine> {
  const docker = await context.docker();
  const [capacity, folder] = await Promise.all([docker.capacity(), docker.dataFolder()]);
  // An engine elsewhere has its data where this machine has nothing, or something else that says nothing about it.
  const disk = await statfs(folder).then(
    ({ blocks, bsize }) => blocks * bsize,
    () => undefined,
  );
  return { ...capacity, disk };
}

export type MachineWarning = "belowMinimum" | "belowRecommended" | "limitsIgnored";

/** A demonstration takes the guide's minimum, an instance that people work with what it recommends. */
export function machineWarnings({ profile }: Instance, machine: EngineMachine): MachineWarning[] {
  const warnings: MachineWarning[] = [];
  if (tooSmall(machine, "minimum")) warnings.push("belowMinimum");
  else if (profile === "production" && tooSmall(machine, "recommended")) warnings.push("belowRecommended");
  if (!machine.limits) warnings.push("limitsIgnored");
  return warnings;
}
