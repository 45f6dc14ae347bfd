import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Dockerode from "dockerode";
import type { TestProject } from "vitest/node";
import type { Source } from "../../src/instance/schema.ts";
import { buildImages } from "../../src/operations/build-images.ts";
import { type Bases, type BasesMode, debianImage } from "../../src/release/bases.ts";
import type { Release } from "../../src/release/release.ts";
import { parseSource } from "../../src/release/source.ts";
import { planRelease } from "./release.ts";
import { application } from "./source.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Those of the application that is tested. */
    images: Release["images"];
    /** Those of the sample application. */
    sampleImages: Release["images"];
    /** Every image that tests find there, and leave there. */
    sharedImages: string[];
    /** Where base images come from on this machine. */
    bases: BasesMode;
  }
}

/**
 * Builds the images of the sample application, and of the one that BIOMAID_SOURCE names, once for all tests, as `up`
 * would; and removes those that were not there before.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const docker = new Dockerode();
  const before = await ourTags(docker);
  // Not all that are new: somebody else may build images of theirs meanwhile.
  const ours = new Set<string>();
  const home = await mkdtemp(join(tmpdir(), "biomaid-images-"));
  try {
    const sample = await build(home, { sample: true });
    const tested = application.isSample
      ? sample
      : await build(home, parseSource(application.folder, application.ref, process.cwd()));
    // That of the mails is built for a development instance only.
    const { mail: _, ...built } = sample.release.images;
    const shared = [...Object.values(built), tested.release.images.app];
    for (const tag of [...shared, ...Object.values(sample.bases.images), debianImage(sample.bases)]) ours.add(tag);
    project.provide("images", tested.release.images);
    project.provide("sampleImages", sample.release.images);
    project.provide("sharedImages", shared);
    project.provide("bases", sample.bases.mode);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
  return async () => {
    for (const tag of await ourTags(docker)) {
      if (ours.has(tag) && !before.includes(tag)) await docker.getImage(tag).remove();
    }
  };
}

async function build(home: string, wanted: Source): Promise<{ release: Release; bases: Bases }> {
  const name = wanted.sample ? "sample" : "tested";
  const { context, instance, source, bases, recipes, release, uuid } = await planRelease(home, name, wanted);
  await buildImages(context, instance, uuid, source, bases, release, recipes);
  return { release, bases };
}

async function ourTags(docker: Dockerode): Promise<string[]> {
  const images = await docker.listImages({ filters: { reference: ["biomaid-compose/*"] } });
  return images.flatMap(({ RepoTags }) => RepoTags ?? []);
}
