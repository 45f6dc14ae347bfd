import { basename, join } from "node:path";
import { createCompose } from "../../src/adapters/compose.ts";
import { connectDocker } from "../../src/adapters/docker.ts";
import { createProcessRunner } from "../../src/adapters/process.ts";
import { type Instance, projectName } from "../../src/instance/instance.ts";
import { newLock } from "../../src/instance/lock.ts";
import type { Source } from "../../src/instance/schema.ts";
import { en } from "../../src/messages/en.ts";
import { readRecipes } from "../../src/operations/build-images.ts";
import type { Context } from "../../src/operations/context.ts";
import { init } from "../../src/operations/init.ts";
import { readProject } from "../../src/operations/read-project.ts";
import { resolveBases } from "../../src/operations/resolve-bases.ts";
import { resolveSource } from "../../src/operations/resolve-source.ts";
import type { Bases } from "../../src/release/bases.ts";
import { type Recipes, type Release, releaseOf } from "../../src/release/release.ts";
import type { ResolvedSource } from "../../src/release/source.ts";

/** What `up` knows before it builds. */
export interface PlannedRelease {
  context: Context;
  instance: Instance;
  source: ResolvedSource;
  bases: Bases;
  recipes: Recipes;
  release: Release;
  /** Names the private folders of its build. */
  uuid: string;
}

/** What operations work with, without anybody to talk to. */
export function testContext(home: string, interruption = new AbortController().signal): Context {
  const processes = createProcessRunner(() => {}, interruption);
  return {
    home,
    cache: join(home, "cache"),
    environment: process.env,
    processes,
    docker: () => connectDocker(processes, process.env, interruption),
    compose: (folder) => createCompose(processes, process.env, folder, projectName(basename(folder))),
    progress: { step: (_name, _subject, work) => work(() => {}) },
    messages: en,
    generator: "test",
  };
}

/**
 * Goes the way of `up` up to the release's key, with an instance that is never started.
 *
 * @param home a folder for the instance, removed by the caller
 * @param name of the instance
 * @param interruption ends the programs that run, when aborted
 */
export async function planRelease(
  home: string,
  name: string,
  wanted: Source,
  interruption = new AbortController().signal,
): Promise<PlannedRelease> {
  const context = testContext(home, interruption);
  const instance = await init(context, name, { profile: "demo", source: wanted });
  const lock = newLock("test");
  const source = await resolveSource(context, instance, lock);
  const bases = await resolveBases(context, instance, lock, await readProject(context, instance, source, lock));
  const recipes = await readRecipes();
  const release = releaseOf(source, instance.settings.application, bases, recipes);
  return { context, instance, source, bases, recipes, release, uuid: lock.uuid };
}
