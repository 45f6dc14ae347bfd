import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";

/** The package's root, from src/ and from dist/. */
const ROOT = dirname(findPackageJSON(import.meta.url) ?? "");

/** The folder of a file tree shipped with the package: `images/biomaid`, `sample`… */
export function assetFolder(path: string): string {
  return join(ROOT, path);
}

/** The text of a file shipped with the package. */
export async function readAsset(path: string): Promise<string> {
  return readFile(join(ROOT, path), "utf8");
}

export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  return version;
}
