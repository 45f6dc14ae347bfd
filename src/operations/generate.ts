import { stat } from "node:fs/promises";
import { relative } from "node:path";
import { readAsset } from "../files/assets.ts";
import { isBelow } from "../files/below.ts";
import { digestTree, listTree } from "../files/tree.ts";
import type { Instance } from "../instance/instance.ts";
import type { Lock } from "../instance/lock.ts";
import type { Release } from "../release/release.ts";
import type { StackInput } from "../stack/input.ts";
import type { Machine } from "../stack/sizing.ts";
import { appDigest, TEMPLATES } from "../stack/stack.ts";
import { authorities } from "./authorities.ts";
import { isByproduct, operatorFolders } from "./operator-folders.ts";

export async function readTemplates(): Promise<ReadonlyMap<string, string>> {
  const texts = await Promise.all(TEMPLATES.map((name) => readAsset(`compose/templates/${name}`)));
  return new Map(TEMPLATES.map((name, index) => [name, texts[index] ?? ""]));
}

/**
 * Gathers what the stack is generated from. The generation goes up by one when the app service is made of something else
 * than the lock remembers.
 *
 * @throws UserError LOCAL_MISSING, MAIL_AUTHORITIES_INVALID, DATABASE_AUTHORITIES_INVALID, LDAP_AUTHORITIES_INVALID
 */
export async function stackInput(
  instance: Instance,
  release: Release,
  lock: Lock,
  machine: Machine,
): Promise<StackInput> {
  const { local, settings } = await operatorFolders(instance, lock);
  const input: StackInput = {
    instance,
    release,
    uuid: lock.uuid,
    generation: lock.app?.generation ?? 1,
    machine,
    secretsRevision: lock.secrets?.revision ?? 1,
    folders: {
      local: local === undefined ? undefined : { source: mountOf(instance, local), digest: await digestFolder(local) },
      settings: settings && (await digestFolder(settings)),
    },
    ...(await authorities(instance)),
    documentation: instance.settings.web.documentation
      ? String((await stat(instance.paths.documentation)).ino)
      : undefined,
    templates: await readTemplates(),
  };
  const changed = lock.app !== undefined && lock.app.digest !== appDigest(input);
  return changed ? { ...input, generation: input.generation + 1 } : input;
}

/** How compose.yaml names a folder: by a path that moves with the instance's folder, for one that is in there. */
function mountOf({ paths }: Instance, folder: string): string {
  return isBelow(folder, paths.folder) ? `./${relative(paths.folder, folder)}` : folder;
}

export async function digestFolder(folder: string): Promise<string> {
  return digestTree(folder, await listTree(folder, isByproduct));
}
