import { UserError } from "../errors/user-error.ts";
import { readAsset } from "../files/assets.ts";
import { exists } from "../files/exists.ts";
import { digestTree, listTree } from "../files/tree.ts";
import type { Instance } from "../instance/instance.ts";
import type { Lock } from "../instance/lock.ts";
import type { Release } from "../release/release.ts";
import type { StackInput } from "../stack/input.ts";
import { appDigest, TEMPLATES } from "../stack/stack.ts";

/** The setting of `application.local` that means the instance's own folder. */
const OWN_LOCAL = "./local";

export async function readTemplates(): Promise<ReadonlyMap<string, string>> {
  const texts = await Promise.all(TEMPLATES.map((name) => readAsset(`compose/templates/${name}`)));
  return new Map(TEMPLATES.map((name, index) => [name, texts[index] ?? ""]));
}

/**
 * Gathers what the stack is generated from. The generation goes up by one when the app service is made of something else
 * than the lock remembers.
 *
 * @throws UserError LOCAL_MISSING
 */
export async function stackInput(instance: Instance, release: Release, lock: Lock): Promise<StackInput> {
  const { paths, settings } = instance;
  const own = settings.application.local === OWN_LOCAL;
  if (own && !(await exists(paths.local)))
    throw new UserError("LOCAL_MISSING", { folder: paths.local, path: paths.file });
  const input: StackInput = {
    instance,
    release,
    uuid: lock.uuid,
    generation: lock.app?.generation ?? 1,
    folders: {
      local: own ? await digestFolder(paths.local) : undefined,
      settings: (await exists(paths.settings)) ? await digestFolder(paths.settings) : undefined,
    },
    templates: await readTemplates(),
  };
  const changed = lock.app !== undefined && lock.app.digest !== appDigest(input);
  return changed ? { ...input, generation: input.generation + 1 } : input;
}

async function digestFolder(folder: string): Promise<string> {
  return digestTree(
    folder,
    await listTree(folder, (path) => path.split("/").some((part) => part === ".git" || part === "__pycache__")),
  );
}
