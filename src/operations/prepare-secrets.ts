import { isDeepStrictEqual } from "node:util";
import type { VolumeState } from "../adapters/docker.ts";
import { UserError } from "../errors/user-error.ts";
import type { Instance } from "../instance/instance.ts";
import type { Lock } from "../instance/lock.ts";
import { DATABASE_SECRET, operatorSecrets } from "../instance/operator-secrets.ts";
import { ensureSecrets, missingSecrets, secretsWritten } from "../instance/secrets.ts";
import { volumeName } from "../stack/input.ts";

/**
 * Sees to it that an instance has its secrets before it starts. They are made with it; once there is a database, a new one
 * would not fit what is there. A secret that was replaced is counted, so that the containers that have read it are made anew.
 *
 * @param volumes those of the instance that are there
 * @returns the lock, with the revision of the secrets
 * @throws UserError SECRET_MISSING, SECRETS_EXPOSED, SECRET_EMPTY, SECRET_NOT_GIVEN
 */
export async function prepareSecrets(instance: Instance, lock: Lock, volumes: readonly VolumeState[]): Promise<Lock> {
  const { secrets } = instance.paths;
  const { database } = instance.settings;
  // A server of the operator's has its password from the operator.
  const missing = (await missingSecrets(secrets)).filter(
    (path) => database === undefined || !path.endsWith(DATABASE_SECRET),
  );
  const volume = volumeName(instance, "database");
  const hasData = lock.data?.database !== undefined || volumes.some(({ name }) => name === volume);
  const [file] = missing;
  if (file !== undefined && hasData) throw new UserError("SECRET_MISSING", { file });
  const given = Object.values(operatorSecrets(instance.settings));
  await ensureSecrets(secrets, given);
  const written = await secretsWritten(secrets, given);
  if (isDeepStrictEqual(written, lock.secrets?.written)) return lock;
  return { ...lock, secrets: { revision: (lock.secrets?.revision ?? 0) + 1, written } };
}
