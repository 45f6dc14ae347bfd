import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BuildSecrets } from "../adapters/builder.ts";
import { buildImage } from "../adapters/builder.ts";
import { writeBuildSecrets } from "../adapters/host.ts";
import { makeDebianImage, unpackPostgresql } from "../adapters/packages.ts";
import { assetFolder } from "../files/assets.ts";
import { digestOf } from "../files/digest.ts";
import { digestTree, listTree } from "../files/tree.ts";
import { describeSource, type Instance } from "../instance/instance.ts";
import { BASE_NAMES, type BaseName, type Bases, debianImage } from "../release/bases.ts";
import { type BuildPlan, basePlan, biomaidPlan, nginxPlan, postgresPlan } from "../release/build-plan.ts";
import type { Recipes, Release } from "../release/release.ts";
import { type ResolvedSource, sourceVersion } from "../release/source.ts";
import { buildError } from "./build-error.ts";
import type { Context } from "./context.ts";
import { withPrivateFolder } from "./private-folder.ts";
import { requireBuildx } from "./require-tools.ts";
import { stageSource } from "./resolve-source.ts";

/** The base images that each image is built from. */
const NEEDED_BASES: Record<keyof Release["images"], BaseName[]> = {
  app: ["python", "go"],
  web: ["nginx"],
  db: ["postgres"],
};

/** Digest of one recipe: its folder below images/, and the pieces that all of them share. */
export async function recipeDigest(name: string): Promise<string> {
  const notBuilt = (path: string): boolean => path.endsWith(".md") || path.includes("__pycache__");
  const digests = [name, "shared"].map(async (part) => {
    const folder = assetFolder(`images/${part}`);
    return digestTree(folder, await listTree(folder, notBuilt));
  });
  return digestOf(...(await Promise.all(digests)));
}

export async function readRecipes(): Promise<Recipes> {
  const [biomaid, nginx, postgres] = await Promise.all(["biomaid", "nginx", "postgres"].map(recipeDigest));
  return { biomaid, nginx, postgres } as Recipes;
}

/**
 * Builds the images of a release that are not there yet, and the base images under them where need be.
 *
 * @throws UserError BUILD_FAILED, BUILD_NETWORK, LOCK_OUTDATED, BASE_FAILED, PACKAGES_TOOL_MISSING, BUILDX_MISSING,
 * BUILDX_TOO_OLD, SOURCE_NOT_BIOMAID, DISK_FULL, ENGINE_DISK_FULL, and those of the source
 */
export async function buildImages(
  context: Context,
  instance: Instance,
  uuid: string,
  source: ResolvedSource,
  bases: Bases,
  release: Release,
  recipes: Recipes,
): Promise<void> {
  const missing = await missingImages(context, release);
  if (missing.length === 0) return;
  const needed = missing.flatMap((image) => NEEDED_BASES[image]);
  await withBuilds(context, instance, uuid, bases, needed, async ({ build, stage }) => {
    for (const image of missing) {
      if (image === "web") await build(nginxPlan(release, bases, recipes));
      else if (image === "db") await build(postgresPlan(release, bases, recipes));
      else await build(biomaidPlan(release, instance.settings.application, bases, recipes, await stage(source)));
    }
  });
}

/** What the builds of one command have. */
export interface Builds {
  /** A private folder that is gone afterwards. */
  folder: string;
  secrets: BuildSecrets;
  build(plan: BuildPlan): Promise<void>;
  /** Writes the code of a source to a folder for builds, and tells which. */
  stage(source: ResolvedSource): Promise<string>;
}

/**
 * Gives the work what it builds with, the base images among it.
 *
 * @param needed the base images that it builds on
 */
export async function withBuilds<T>(
  context: Context,
  instance: Instance,
  uuid: string,
  bases: Bases,
  needed: BaseName[],
  work: (builds: Builds) => Promise<T>,
): Promise<T> {
  await requireBuildx(context);
  return withPrivateFolder(uuid, async (folder) => {
    const secrets = await writeBuildSecrets(context.processes, context.environment, folder, bases.suite);
    const build = (plan: BuildPlan): Promise<void> =>
      context.progress.step("build", plan.tag, async (detail) => {
        const { exitStatus, lines } = await buildImage(context.processes, plan, secrets, detail);
        if (exitStatus !== 0) throw await buildError(context, plan.tag, describeSource(instance), lines);
      });
    const stage = async (source: ResolvedSource): Promise<string> => {
      const sourceFolder = join(folder, "source");
      await mkdir(sourceFolder);
      await context.progress.step("source", sourceVersion(source), () => stageSource(context, source, sourceFolder));
      return sourceFolder;
    };
    if (bases.mode === "packages") await buildBases(context, needed, bases, folder, build);
    return work({ folder, secrets, build, stage });
  });
}

async function missingImages(context: Context, release: Release): Promise<(keyof Release["images"])[]> {
  const docker = await context.docker();
  const names = Object.keys(release.images) as (keyof Release["images"])[];
  const ids = await Promise.all(names.map((name) => docker.imageId(release.images[name])));
  return names.filter((_, index) => ids[index] === undefined);
}

async function buildBases(
  context: Context,
  needed: BaseName[],
  bases: Bases,
  folder: string,
  build: (plan: BuildPlan) => Promise<void>,
): Promise<void> {
  const docker = await context.docker();
  for (const name of BASE_NAMES) {
    if (!needed.includes(name) || (await docker.imageId(bases.images[name])) !== undefined) continue;
    const debian = debianImage(bases);
    if ((await docker.imageId(debian)) === undefined) {
      await context.progress.step("debian", debian, () =>
        makeDebianImage(context.processes, debian, bases.suite, folder),
      );
    }
    const postgresql =
      name === "postgres"
        ? await context.progress.step("postgresql", bases.images.postgres, () =>
            unpackPostgresql(context.processes, folder),
          )
        : undefined;
    await build(basePlan(name, bases, postgresql));
  }
}
