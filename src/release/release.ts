import { digestOf } from "../files/digest.ts";
import type { Settings } from "../instance/schema.ts";
import type { Bases } from "./bases.ts";
import { type ResolvedSource, sourceVersion } from "./source.ts";

/** Digests of the recipes, by the folders below images/. */
export interface Recipes {
  biomaid: string;
  nginx: string;
  postgres: string;
  mail: string;
}

/** The images of an instance. */
export interface Release {
  /** What the application image is made of: code, groups, extras, Oracle's client, base and recipe. */
  key: string;
  version: string;
  /** For people: the commit, with `-dirty` for a folder that differs from it; for code outside git the digest of its files. */
  revision: string;
  images: { app: string; web: string; db: string; mail: string };
}

/** @param oracleClient digest of Oracle's Instant Client; undefined where there is none in it */
export function releaseOf(
  source: ResolvedSource,
  application: Settings["application"],
  bases: Bases,
  recipes: Recipes,
  oracleClient?: string,
): Release {
  const version = sourceVersion(source);
  const key =
    source.kind === "image"
      ? source.id.replace(/^sha256:/, "")
      : digestOf(
          contentOf(source),
          [...application.groups].sort().join(),
          [...application.extras].sort().join(),
          bases.images.python,
          bases.images.go,
          recipes.biomaid,
          oracleClient ?? "",
        );
  return {
    key,
    version,
    revision: source.kind === "folder" ? source.revision : contentOf(source),
    images: {
      app: source.kind === "image" ? source.image : `biomaid-compose/biomaid:${tagPart(version)}${short(key)}`,
      web: `biomaid-compose/nginx:${short(digestOf(bases.images.nginx, recipes.nginx))}`,
      db: `biomaid-compose/postgres:14-${short(digestOf(bases.images.postgres, recipes.postgres))}`,
      mail: `biomaid-compose/mail:${short(digestOf(bases.images.python, recipes.mail))}`,
    },
  };
}

/** Which code it is. Of a folder HEAD does not tell: the same files may be changed ones, or those of a later commit. */
function contentOf(source: ResolvedSource): string {
  switch (source.kind) {
    case "git":
      return source.commit;
    case "folder":
    case "mounted":
      return source.digest;
    case "image":
      return source.id;
  }
}

/** Distribution specification: a tag has letters, digits, `_`, `.` and `-`, at most 128 of them; the first is no `.` or `-`. */
function tagPart(text: string): string {
  const part = text
    .replace(/[^A-Za-z0-9_.-]/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 60);
  return part === "" ? "" : `${part}-`;
}

function short(digest: string): string {
  return digest.slice(0, 12);
}
