import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Dockerode from "dockerode";
import type { TestProject } from "vitest/node";
import { createCompose } from "../../src/adapters/compose.ts";
import { connectDocker } from "../../src/adapters/docker.ts";
import { createProcessRunner } from "../../src/adapters/process.ts";
import { newLock } from "../../src/instance/lock.ts";
import type { Source } from "../../src/instance/schema.ts";
import { messagesFor } from "../../src/messages/messages.ts";
import { buildImages, readRecipes } from "../../src/operations/build-images.ts";
import type { Context } from "../../src/operations/context.ts";
import { init } from "../../src/operations/init.ts";
import { resolveBases } from "../../src/operations/resolve-bases.ts";
import { resolveSource } from "../../src/operations/resolve-source.ts";
import { type Bases, type BasesMode, debianImage } from "../../src/release/bases.ts";
import { type Release, releaseOf } from "../../src/release/release.ts";
import { parseSource } from "../../src/release/source.ts";
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
    const shared = [...Object.values(sample.release.images), tested.release.images.app];
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
  const never = new AbortController().signal;
  const processes = createProcessRunner(() => {}, never);
  const context: Context = {
    home,
    cache: join(home, "cache"),
    environment: process.env,
    processes,
    docker: () => connectDocker(processes, process.env, never),
    compose: (folder) => createCompose(processes, process.env, folder, "unused"),
    progress: { step: (_name, _subject, work) => work(() => {}) },
    messages: messagesFor("en"),
    generator: "test",
  };
  const name = wanted.sample ? "sample" : "tested";
  const instance = await init(context, name, { profile: "demo", source: wanted });
  const lock = newLock("test");
  const source = await resolveSource(context, instance.settings.source, lock);
  const bases = await resolveBases(context, instance, lock);
  const recipes = await readRecipes();
  const release = releaseOf(source, instance.settings.application, bases, recipes);
  await buildImages(context, instance, lock.uuid, source, bases, release, recipes);
  return { release, bases };
}

async function ourTags(docker: Dockerode): Promise<string[]> {
  const images = await docker.listImages({ filters: { reference: ["biomaid-compose/*"] } });
  return images.flatMap(({ RepoTags }) => RepoTags ?? []);
}
