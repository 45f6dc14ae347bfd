import type { Settings } from "./schema.ts";

/** What an instance keeps, and its settings can put elsewhere than on Docker's own volumes. */
export const DATA_NAMES = ["database", "media"] as const;
export type DataName = (typeof DATA_NAMES)[number];

/** Where each is, as people and instance.lock.yaml have it: a server, or a folder; undefined for a volume of its own. */
export type DataPlaces = Partial<Record<DataName, string>>;

export function dataPlaces({ database, volumes }: Pick<Settings, "database" | "volumes">): DataPlaces {
  const server = database && `${database.host}:${database.port}/${database.name}`;
  const places = Object.entries({ database: server ?? volumes.database, media: volumes.media });
  return Object.fromEntries(places.filter(([, place]) => place !== undefined));
}

export function isFolder(place: string): boolean {
  return place.startsWith("/");
}
