import { constants, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BuildSecrets } from "../adapters/builder.ts";
import { buildImage } from "../adapters/builder.ts";
import { writeBuildSecrets } from "../adapters/host.ts";
import { makeDebianImage, unpackPostgresql } from "../adapters/packages.ts";
import { assetFolder } from "../files/assets.ts";
import { digestOf } from "../files/digest.ts";
import { digestTree, listTree } from "../files/tree.ts";
import type { Instance } from "../instance/instance.ts";
import { BASE_NAMES, type BaseName, type Bases, debianImage } from "../release/bases.ts";
import { type BuildPlan, basePlan, biomaidPlan, mailPlan, nginxPlan, postgresPlan } from "../release/build-plan.ts";
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
  mail: ["python"],
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
  const names = ["biomaid", "nginx", "postgres", "mail"];
  const digests = await Promise.all(names.map(async (name) => [name, await recipeDigest(name)]));
  return Object.fromEntries(digests) as Recipes;
}

/**
 * Builds the images of a release that are not there yet, and the base images under them where need be.
 *
 * @throws UserError BUILD_FAILED, BUILD_NETWORK, LOCK_OUTDATED, BASE_FAILED, PACKAGES_TOOL_MISSING, BUILDX_MISSING,
 * BUILDX_TOO_OLD, SOURCE_NOT_BIOMAID, ORACLE_CLIENT_INVALID, DISK_FULL, ENGINE_DISK_FULL, and those of the source
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
  const missing = await missingImages(context, instance, release);
  if (missing.length === 0) return;
  const needed = missing.flatMap((image) => NEEDED_BASES[image]);
  await withBuilds(context, instance, uuid, bases, needed, async ({ folder, build, stage }) => {
    for (const image of missing) {
      if (image === "web") await build(nginxPlan(release, bases, recipes));
      else if (image === "db") await build(postgresPlan(release, bases, recipes));
      else if (image === "mail") await build(mailPlan(release, bases, recipes));
      else {
        const { application } = instance.settings;
        const oracleFolder = await stageOracleClient(instance, folder);
        await build(biomaidPlan(release, application, bases, recipes, await stage(source), oracleFolder));
      }
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
        if (exitStatus !== 0) throw await buildError(context, plan.tag, instance, lines);
      });
    const stage = async (source: ResolvedSource): Promise<string> => {
      const sourceFolder = join(folder, "source");
      await mkdir(sourceFolder);
      await context.progress.step("source", sourceVersion(source), () =>
        stageSource(context, instance, source, sourceFolder),
      );
      return sourceFolder;
    };
    if (bases.mode === "packages") await buildBases(context, needed, bases, folder, build);
    return work({ folder, secrets, build, stage });
  });
}

/** A folder with Oracle's Instant Client alone in it: a build gets to see nothing that lies beside the file. */
async function stageOracleClient({ settings }: Instance, folder: string): Promise<string | undefined> {
  const { oracle_client } = settings.application;
  if (oracle_client === undefined) return undefined;
  const staged = join(folder, "oracle");
  await mkdir(staged);
  await copyFile(oracle_client, join(staged, "instantclient.zip"), constants.COPYFILE_FICLONE);
  return staged;
}

async function missingImages(
  context: Context,
  instance: Instance,
  release: Release,
): Promise<(keyof Release["images"])[]> {
  const docker = await context.docker();
  const all = Object.keys(release.images) as (keyof Release["images"])[];
  const names = all.filter((name) => name !== "mail" || instance.settings.mail_catcher !== undefined);
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
