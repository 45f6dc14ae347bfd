import { UserError } from "../errors/user-error.ts";
import { nearest, schemaAt, shapeOf } from "./diagnostics.ts";
import { fileSchema } from "./schema.ts";

/** The path of every setting and group of settings, as in `web` and `web.port`, in the schema's order. */
export function settingNames(): string[] {
  const below = (path: string[]): string[] =>
    Object.keys(shapeOf(schemaAt(fileSchema, path))).flatMap((key) => {
      const inner = [...path, key];
      return [inner.join("."), ...below(inner)];
    });
  return below([]);
}

/**
 * The path of a setting that somebody names.
 *
 * @throws UserError SETTING_UNKNOWN with the nearest name: one mistyped, or one without its group
 */
export function settingPath(name: string): string[] {
  const names = settingNames();
  if (names.includes(name)) return name.split(".");
  const suggestion = nearest(name, names) ?? names.find((known) => known.endsWith(`.${name}`)) ?? nearestOfGroup(name);
  throw new UserError("SETTING_UNKNOWN", { setting: name, suggestion });
}

/** `wbe.prot` is further from `web.port` than one word may be; each of its words is not. */
function nearestOfGroup(name: string): string | undefined {
  const path: string[] = [];
  for (const word of name.split(".")) {
    const known = nearest(word, Object.keys(shapeOf(schemaAt(fileSchema, path))));
    if (known === undefined) return undefined;
    path.push(known);
  }
  return path.join(".");
}
