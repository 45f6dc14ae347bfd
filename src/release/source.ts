import { isAbsolute, resolve } from "node:path";
import { GIT_ADDRESS } from "../instance/names.ts";
import type { Source } from "../instance/schema.ts";

/** A source of which we know exactly which code it is. */
export type ResolvedSource = WholeSource | MountedSource;

/** One whose code a build gets to see, or has seen. */
export type WholeSource =
  | { kind: "git"; git: string; ref: string; commit: string }
  | { kind: "folder"; path: string; files: string[]; digest: string; revision: string; sample: boolean }
  | { kind: "image"; image: string; id: string };

/** One that containers have from the folder itself. */
export interface MountedSource {
  kind: "mounted";
  path: string;
  digest: string;
}

/** All that the image of a mounted source is made of: the rest of it is looked at when it is mounted. */
export const LOCK_FILES = ["pyproject.toml", "poetry.lock"];

/** What stays out of a build from a folder that is not in git: history, people's files, secrets, and what is made again. */
const LEFT_OUT = new Set([
  ".git",
  ".venv",
  "venv",
  "node_modules",
  "__pycache__",
  "media",
  "staticfiles",
  "log",
  "local",
  "secrets",
  "instance_settings.py",
  "instance_config.toml",
  "mktest_instance_settings.py",
]);
const LEFT_OUT_ENDINGS = [".pyc", ".pem", ".key", ".p12", ".pfx", ".sqlite3", ".log", ".env"];

/** Whether a path below a source's folder, relative to it, stays out of the build. */
export function isLeftOut(path: string): boolean {
  const parts = path.split("/");
  const base = parts.at(-1) ?? path;
  return (
    LEFT_OUT.has(parts[0] ?? path) ||
    parts.some((part) => part === ".git" || part === "__pycache__") ||
    base.startsWith(".env") ||
    LEFT_OUT_ENDINGS.some((ending) => base.endsWith(ending))
  );
}

/** The name under which people know the code: a ref, or where it comes from. */
export function sourceVersion(source: ResolvedSource): string {
  if (source.kind === "git") return source.ref === source.commit ? source.commit.slice(0, 12) : source.ref;
  if (source.kind === "image" || source.kind === "mounted") return source.kind;
  return source.sample ? "sample" : "folder";
}

/**
 * The source that `--source` and `--ref` mean: `sample`, `image:NAME`, a git URL, or else a folder.
 *
 * @param folder what relative paths start from
 */
export function parseSource(text: string, ref: string | undefined, folder: string): Source {
  const withRef = ref === undefined ? {} : { ref };
  if (text === "sample") return { sample: true, ...withRef };
  if (text.startsWith("image:")) return { image: text.slice("image:".length), ...withRef };
  if (GIT_ADDRESS.test(text)) return { git: text, ...withRef };
  return { path: isAbsolute(text) ? text : resolve(folder, text), ...withRef };
}
