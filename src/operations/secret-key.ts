import { join } from "node:path";
import { withFolderLock } from "../adapters/file-lock.ts";
import { onDiskOf } from "../files/disk-space.ts";
import { openInstance } from "../instance/instance.ts";
import { forgetSecret, replaceSecret } from "../instance/secrets.ts";
import type { Context } from "./context.ts";

export interface KeyChange {
  name: string;
  file: string;
  /** Whether the next `up` has something to do. */
  changed: boolean;
}

/**
 * Gives an instance a new secret key, the present one staying valid for what is signed with it. Containers have it from the
 * next `up` on.
 *
 * @throws UserError INSTANCE_NOT_FOUND, INSTANCE_BUSY, SECRET_MISSING, SECRET_EMPTY
 */
export function rotateKey(context: Context, name: string): Promise<KeyChange> {
  return changeKey(context, name, async (file) => {
    await replaceSecret(file);
    return true;
  });
}

/** Takes the former key, where there is one, out of use: what is signed with it is not valid any more. */
export function forgetFormerKey(context: Context, name: string): Promise<KeyChange> {
  return changeKey(context, name, forgetSecret);
}

async function changeKey(
  context: Context,
  name: string,
  change: (file: string) => Promise<boolean>,
): Promise<KeyChange> {
  const { paths } = await openInstance(context.home, name);
  const file = join(paths.secrets, "secret_key");
  const changed = await onDiskOf(paths.folder, () =>
    withFolderLock(context.processes, paths.folder, () => change(file)),
  );
  return { name, file, changed };
}
