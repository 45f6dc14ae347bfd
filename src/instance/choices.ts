import { type Problem, problemOf, schemaAt } from "./diagnostics.ts";
import { fileSchema } from "./schema.ts";
import type { NewInstance } from "./template.ts";

type Settings = Record<string, unknown>;

/** What is wrong with a value of one setting, by the schema's own rule; undefined when it is allowed. */
export function settingProblem(setting: string, value: unknown): Problem | undefined {
  const result = schemaAt(fileSchema, setting.split("."))?.safeParse(value, { reportInput: true });
  if (result === undefined) throw new Error(`no setting ${setting}`);
  const issue = result.error?.issues[0];
  return issue && problemOf(issue);
}

/** The groups of settings that hold these values: `[["web.tls.key", "k.pem"]]` is `{ web: { tls: { key: "k.pem" } } }`. */
export function withSettings(values: readonly (readonly [string, unknown])[]): Partial<NewInstance> {
  const content: Settings = {};
  for (const [setting, value] of values) {
    const groups = setting.split(".");
    const key = groups.pop() ?? "";
    let within = content;
    for (const group of groups) {
      within[group] ??= {};
      within = within[group] as Settings;
    }
    within[key] = value;
  }
  return content;
}
