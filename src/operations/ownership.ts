import { UserError } from "../errors/user-error.ts";
import { type Instance, projectName } from "../instance/instance.ts";
import { type Lock, readLock } from "../instance/lock.ts";
import type { Context } from "./context.ts";

/**
 * The lock of an instance, after making sure that the containers and volumes of its Compose project are its own: another
 * folder with an instance of the same name would put new secrets on the first one's data.
 *
 * @throws UserError LOCK_MISSING, LOCK_FILE_INVALID, INSTANCE_FOREIGN
 */
export async function openOwnLock(context: Context, instance: Instance): Promise<Lock> {
  const lock = await readLock(instance.paths.lock);
  if (lock === undefined) throw new UserError("LOCK_MISSING", { path: instance.paths.lock });
  const docker = await context.docker();
  const project = projectName(instance.name);
  const [containers, volumes] = await Promise.all([docker.containers(project), docker.volumes(project)]);
  if ([...containers, ...volumes].some(({ uuid }) => uuid !== lock.uuid))
    throw new UserError("INSTANCE_FOREIGN", { name: instance.name, project });
  return lock;
}
