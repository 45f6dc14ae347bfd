import { relative } from "node:path";

/** Whether a path is a folder, or is somewhere in it; both absolute. */
export function isBelow(path: string, folder: string): boolean {
  return !/^\.\.(\/|$)/.test(relative(folder, path));
}
