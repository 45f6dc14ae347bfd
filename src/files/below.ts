import { realpath } from "node:fs/promises";
import { relative } from "node:path";

/** Whether a path is a folder, or is somewhere in it; both absolute. */
export function isBelow(path: string, folder: string): boolean {
  return !/^\.\.(\/|$)/.test(relative(folder, path));
}

/** Whether one of two paths is the other, or is somewhere in it; both absolute. */
export function overlap(one: string, other: string): boolean {
  return isBelow(one, other) || isBelow(other, one);
}

/** A path without links; as it is where it leads nowhere yet. */
export async function withoutLinks(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
