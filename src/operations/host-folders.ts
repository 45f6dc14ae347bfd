import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { UserError } from "../errors/user-error.ts";
import type { Instance } from "../instance/instance.ts";
import { USERS } from "../stack/input.ts";
import { requireApart } from "./require-apart.ts";

const APPLICATION_USER = Number.parseInt(USERS.app, 10);

/**
 * Makes sure that the host's folders that containers are given are there, are open to them as far as can be told from here,
 * and do not hold the instance's secrets.
 *
 * @throws UserError HOST_FOLDER_MISSING, HOST_FOLDER_CLOSED, HOST_FOLDER_REFUSED
 */
export async function requireHostFolders(instance: Instance): Promise<void> {
  const { paths, settings } = instance;
  const { paths: imports, attachment_roots } = settings.application;
  for (const [group, folders] of Object.entries({ paths: imports, attachment_roots })) {
    for (const [name, folder] of Object.entries(folders)) {
      const setting = `application.${group}.${name}`;
      const status = await stat(folder).catch(() => undefined);
      if (!status?.isDirectory()) throw new UserError("HOST_FOLDER_MISSING", { setting, folder, path: paths.file });
      if (isClosed(status)) throw new UserError("HOST_FOLDER_CLOSED", { setting, folder });
      await requireApart(instance, setting, folder);
    }
  }
}

/**
 * Whether it is certain that the containers' user does not get in. An access list may open what looks closed to others, but
 * never further than the bits of the group say (acl(5)), and owners with high numbers may be that user, as the engine maps
 * it (userns-remap, rootless): `init` tells what these come to.
 */
function isClosed({ mode, uid }: Stats): boolean {
  return (mode & 0o005) !== 0o005 && (mode & 0o050) !== 0o050 && uid < APPLICATION_USER;
}
