import Dockerode from "dockerode";
import { debianImage } from "../../src/release/bases.ts";
import { removeImage } from "../../test/support/engine.ts";
import type { PlannedRelease } from "../../test/support/release.ts";

/** Remembers which images of the release and of its bases are there; the others are removed at the end. */
export async function keepImages({ release, bases }: PlannedRelease): Promise<AsyncDisposable> {
  const ours = Object.values(release.images);
  if (bases.mode === "packages") ours.push(...Object.values(bases.images), debianImage(bases));
  const before = await tags();
  return {
    async [Symbol.asyncDispose]() {
      for (const tag of ours) if (!before.includes(tag)) await removeImage(tag);
    },
  };
}

async function tags(): Promise<string[]> {
  const images = await new Dockerode().listImages();
  return images.flatMap(({ RepoTags }) => RepoTags ?? []);
}
