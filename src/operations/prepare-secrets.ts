import type { VolumeState } from "../adapters/docker.ts";
import { UserError } from "../errors/user-error.ts";
import type { Instance } from "../instance/instance.ts";
import { ensureSecrets, missingSecrets } from "../instance/secrets.ts";
import { volumeName } from "../stack/input.ts";

/**
 * Sees to it that an instance has its secrets before it starts. They are made with it; once there is a database, a new one
 * would not fit what is there.
 *
 * @param volumes those of the instance that are there
 * @throws UserError SECRET_MISSING, SECRETS_EXPOSED, SECRET_EMPTY, SECRET_NOT_GIVEN
 */
export async function prepareSecrets(instance: Instance, volumes: readonly VolumeState[]): Promise<void> {
  const { secrets } = instance.paths;
  const [file] = await missingSecrets(secrets);
  const database = volumeName(instance, "database");
  if (file !== undefined && volumes.some(({ name }) => name === database))
    throw new UserError("SECRET_MISSING", { file });
  const password = instance.settings.mail?.password_file;
  await ensureSecrets(secrets, password === undefined ? [] : [password]);
}
