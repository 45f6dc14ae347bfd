import { assetFolder } from "../files/assets.ts";
import type { Settings } from "../instance/schema.ts";
import { type BaseName, type Bases, debianImage } from "./bases.ts";
import type { Recipes, Release } from "./release.ts";

/** What `docker buildx build` is told. */
export interface Recipe {
  dockerfile: string;
  target?: string;
  args: Record<string, string>;
  /** Named contexts: a name in the Dockerfile and a folder. */
  contexts: Record<string, string>;
}

/** One image to build. */
export interface BuildPlan extends Recipe {
  tag: string;
}

/** Files to build, of which no image is made. */
export interface FilesPlan extends Recipe {
  /** A folder of this machine that they are written to. */
  folder: string;
}

export const DOCS_FORMATS = ["html", "pdf"] as const;
export type DocsFormat = (typeof DOCS_FORMATS)[number];

/** The main context of every build: the recipes share pieces. */
export const BUILD_CONTEXT = assetFolder("images");

/** @param oracleFolder holds nothing but Oracle's Instant Client, as instantclient.zip; undefined where there is none */
export function biomaidPlan(
  release: Release,
  application: Settings["application"],
  bases: Bases,
  recipes: Recipes,
  sourceFolder: string,
  oracleFolder?: string,
): BuildPlan {
  return {
    tag: release.images.app,
    dockerfile: assetFolder("images/biomaid/Dockerfile"),
    args: {
      PYTHON_BASE: bases.images.python,
      GO_BASE: bases.images.go,
      POETRY_GROUPS: application.groups.join(","),
      POETRY_EXTRAS: application.extras.join(","),
      ...(application.reload ? { SOURCE_MOUNTED: "1" } : {}),
      VERSION: release.version,
      REVISION: release.revision,
      RECIPE: recipes.biomaid,
    },
    contexts: { source: sourceFolder, ...(oracleFolder === undefined ? {} : { oracle: oracleFolder }) },
  };
}

export function nginxPlan(release: Release, bases: Bases, recipes: Recipes): BuildPlan {
  return {
    tag: release.images.web,
    dockerfile: assetFolder("images/nginx/Dockerfile"),
    args: { NGINX_BASE: bases.images.nginx, RECIPE: recipes.nginx },
    contexts: {},
  };
}

export function postgresPlan(release: Release, bases: Bases, recipes: Recipes): BuildPlan {
  return {
    tag: release.images.db,
    dockerfile: assetFolder("images/postgres/Dockerfile"),
    args: { POSTGRES_BASE: bases.images.postgres, RECIPE: recipes.postgres },
    contexts: {},
  };
}

export function mailPlan(release: Release, bases: Bases, recipes: Recipes): BuildPlan {
  return {
    tag: release.images.mail,
    dockerfile: assetFolder("images/mail/Dockerfile"),
    args: { PYTHON_BASE: bases.images.python, RECIPE: recipes.mail },
    contexts: {},
  };
}

/** @param postgresqlFolder the unpacked npm package with PostgreSQL 14, for the base of that name */
export function basePlan(name: BaseName, bases: Bases, postgresqlFolder: string | undefined): BuildPlan {
  return {
    tag: bases.images[name],
    dockerfile: assetFolder("images/base/Dockerfile"),
    target: name,
    args: { DEBIAN_BASE: debianImage(bases) },
    contexts: postgresqlFolder === undefined ? {} : { postgresql: postgresqlFolder },
  };
}

/**
 * @param local the folder of the source's that is the site's own; undefined where that is the instance's
 * @param localDocs the documentation in the instance's own local folder; an empty folder where there is none
 */
export function docsPlan(
  format: DocsFormat,
  bases: Bases,
  sourceFolder: string,
  local: string | undefined,
  localDocs: string,
  folder: string,
): FilesPlan {
  return {
    folder,
    dockerfile: assetFolder("images/docs/Dockerfile"),
    target: format,
    args: { PYTHON_BASE: bases.images.python, LOCAL: local ?? "" },
    contexts: { source: sourceFolder, local: localDocs },
  };
}
