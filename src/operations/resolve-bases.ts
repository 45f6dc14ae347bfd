import type { Instance } from "../instance/instance.ts";
import type { Lock } from "../instance/lock.ts";
import { type Bases, packagesBases, registryBases } from "../release/bases.ts";
import { recipeDigest } from "./build-images.ts";
import type { Context } from "./context.ts";

/**
 * Where base images come from. `auto` asks the registry once; what came out stays in the lock, so that an instance does
 * not change its ground with the weather of the network.
 */
export async function resolveBases(context: Context, instance: Instance, lock: Lock): Promise<Bases> {
  const wanted = instance.settings.bases;
  const mode = wanted === "auto" ? (lock.bases?.mode ?? (await askRegistry(context))) : wanted;
  return mode === "registry" ? registryBases() : packagesBases(await recipeDigest("base"));
}

async function askRegistry(context: Context): Promise<Bases["mode"]> {
  const { python } = registryBases().images;
  return context.progress.step("registry", python, async () =>
    (await (await context.docker()).registryHas(python)) ? "registry" : "packages",
  );
}
