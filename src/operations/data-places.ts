import type { VolumeState } from "../adapters/docker.ts";
import { UserError } from "../errors/user-error.ts";
import { DATA_NAMES, type DataName, dataPlaces, isFolder } from "../instance/data-places.ts";
import type { Instance } from "../instance/instance.ts";
import type { Lock } from "../instance/lock.ts";
import { volumeName } from "../stack/input.ts";

/**
 * An instance whose data are in one place must not start on another one, which is empty or old, only because a setting has
 * changed.
 *
 * @param volumes those of the instance that are there
 * @throws UserError DATABASE_ELSEWHERE, FILES_ELSEWHERE
 */
export function requireSamePlaces(instance: Instance, lock: Lock, volumes: readonly VolumeState[]): void {
  for (const data of DATA_NAMES) {
    const volume = volumeName(instance, data);
    const before = lock.data?.[data] ?? (volumes.some(({ name }) => name === volume) ? volume : undefined);
    const now = dataPlaces(instance.settings)[data] ?? volume;
    if (before !== undefined && before !== now) throw elsewhere(instance, data, before, now);
  }
}

function elsewhere({ name, settings, paths }: Instance, data: DataName, before: string, now: string): UserError {
  const places = { name, before, now, path: paths.file };
  if (data === "database" && (settings.database !== undefined || before.includes(":")))
    return new UserError("DATABASE_ELSEWHERE", places);
  const source = isFolder(before) ? before : mountpoint(before);
  const target = isFolder(now) ? now : mountpoint(now);
  return new UserError("FILES_ELSEWHERE", { ...places, data, source, target, started: !isFolder(now) });
}

/** Shell that gives the folder of a volume. */
function mountpoint(volume: string): string {
  return `$(docker volume inspect --format '{{.Mountpoint}}' ${volume})`;
}

/** The lock, with where the data are from now on. */
export function withPlaces({ data: _, ...lock }: Lock, { settings }: Instance): Lock {
  const data = dataPlaces(settings);
  return Object.keys(data).length === 0 ? lock : { ...lock, data };
}
