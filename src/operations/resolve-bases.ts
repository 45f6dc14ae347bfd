import { UserError } from "../errors/user-error.ts";
import { describeSource, type Instance } from "../instance/instance.ts";
import type { Lock } from "../instance/lock.ts";
import { type Bases, PYTHONS, packagesBases, registryBases } from "../release/bases.ts";
import { choosePython, type Project } from "../release/project.ts";
import { recipeDigest } from "./build-images.ts";
import type { Context } from "./context.ts";

/**
 * Where base images come from, and with which Python. `auto` asks the registry once; what came out stays in the lock, so
 * that an instance does not change its ground with the weather of the network.
 *
 * @param project the source's, which says what Pythons it supports; undefined for a ready image
 * @throws UserError PYTHON_UNAVAILABLE
 */
export async function resolveBases(
  context: Context,
  instance: Instance,
  lock: Lock,
  project: Project | undefined,
): Promise<Bases> {
  const wanted = instance.settings.bases;
  const mode = wanted === "auto" ? (lock.bases?.mode ?? (await askRegistry(context))) : wanted;
  const python = choosePython(project ?? { python: undefined }, PYTHONS[mode]);
  if (python === undefined) {
    const source = describeSource(instance);
    throw new UserError("PYTHON_UNAVAILABLE", {
      source,
      wanted: project?.python ?? "",
      mode,
      available: [...PYTHONS[mode]],
      others: PYTHONS.registry.filter((version) => choosePython(project ?? { python: undefined }, [version])),
    });
  }
  return mode === "registry" ? registryBases(python) : packagesBases(await recipeDigest("base"));
}

async function askRegistry(context: Context): Promise<Bases["mode"]> {
  const { python } = registryBases().images;
  return context.progress.step("registry", python, async () =>
    (await (await context.docker()).registryHas(python)) ? "registry" : "packages",
  );
}
