import { join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { overlap, withoutLinks } from "../files/below.ts";
import type { Instance } from "../instance/instance.ts";

/**
 * Makes sure that a folder that the application gets, in its image or mounted, does not hold the instance's secrets.
 *
 * @param setting that names the folder
 * @param folder absolute
 * @throws UserError HOST_FOLDER_REFUSED
 */
export async function requireApart({ paths }: Instance, setting: string, folder: string): Promise<void> {
  const secrets = join(await withoutLinks(paths.folder), "secrets");
  if (overlap(await withoutLinks(folder), secrets))
    throw new UserError("HOST_FOLDER_REFUSED", { setting, folder, secrets: paths.secrets, path: paths.file });
}
