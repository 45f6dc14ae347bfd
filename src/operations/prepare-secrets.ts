import { UserError } from "../errors/user-error.ts";
import { type Instance, projectName } from "../instance/instance.ts";
import { ensureSecrets, missingSecrets } from "../instance/secrets.ts";
import { databaseVolume } from "../stack/stack.ts";
import type { Context } from "./context.ts";

/**
 * Sees to it that an instance has its secrets before it starts. They are made with it; once there is a database, a new one
 * would not fit what is there.
 *
 * @throws UserError SECRET_MISSING, SECRETS_EXPOSED, SECRET_EMPTY
 */
export async function prepareSecrets(context: Context, instance: Instance): Promise<void> {
  const { secrets } = instance.paths;
  const [file] = await missingSecrets(secrets);
  if (file !== undefined) {
    const volumes = await (await context.docker()).volumes(projectName(instance.name));
    const database = databaseVolume(instance.name);
    if (volumes.some(({ name }) => name === database)) throw new UserError("SECRET_MISSING", { file });
  }
  await ensureSecrets(secrets);
}
