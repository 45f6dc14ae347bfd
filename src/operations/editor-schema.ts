import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "../files/write-atomic.ts";
import type { Instance } from "../instance/instance.ts";
import { jsonSchema } from "../instance/schema.ts";
import { SCHEMA_FILE } from "../instance/template.ts";
import type { Context } from "./context.ts";

/** Writes the JSON Schema that a new instance.yaml names, for editors; later ones of this version's again. */
export async function writeEditorSchema(context: Context, { paths }: Instance): Promise<void> {
  const file = join(paths.folder, SCHEMA_FILE);
  const text = editorSchema(context.messages.language);
  const before = await readFile(file, "utf8").catch(() => undefined);
  if (text !== before) await writeAtomic(file, text);
}

export function editorSchema(language: string): string {
  return `${JSON.stringify(jsonSchema(language), null, 2)}\n`;
}
