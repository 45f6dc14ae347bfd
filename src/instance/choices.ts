import { type Problem, problemOf, schemaAt } from "./diagnostics.ts";
import { fileSchema } from "./schema.ts";
import type { NewInstance } from "./template.ts";

/** What is wrong with a value of one setting, by the schema's own rule; undefined when it is allowed. */
export function settingProblem(setting: string, value: unknown): Problem | undefined {
  const result = schemaAt(fileSchema, setting.split("."))?.safeParse(value, { reportInput: true });
  if (result === undefined) throw new Error(`no setting ${setting}`);
  const issue = result.error?.issues[0];
  return issue && problemOf(issue);
}

/** The groups of settings that hold these values: `[["web.port", 80]]` is `{ web: { port: 80 } }`. */
export function withSettings(values: readonly (readonly [string, unknown])[]): Partial<NewInstance> {
  const content: Record<string, Record<string, unknown>> = {};
  for (const [setting, value] of values) {
    const [group = "", key = ""] = setting.split(".");
    content[group] = { ...content[group], [key]: value };
  }
  return content;
}
