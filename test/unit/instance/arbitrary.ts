import fc from "fast-check";
import { stringify } from "yaml";
import type { z } from "zod";
import { schemaAt } from "../../../src/instance/diagnostics.ts";
import { fileSchema, type InstanceFile, jsonSchema } from "../../../src/instance/schema.ts";

/** What zod writes of JSON Schema (draft 7) for instance.yaml. */
interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  propertyNames?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  format?: string;
  minItems?: number;
  minLength?: number;
  minimum?: number;
  maximum?: number;
}

const FILE: Schema = jsonSchema();

/** Values that a schema allows; a kind of setting that nothing is known about fails the tests. */
function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valuesOf));
  if (schema.type === "object" && schema.properties !== undefined) {
    const values = Object.entries(schema.properties).map(([key, value]) => [key, valuesOf(value)] as const);
    return fc.record(Object.fromEntries(values), { requiredKeys: schema.required ?? [], noNullPrototype: true });
  }
  if (schema.propertyNames !== undefined && typeof schema.additionalProperties === "object")
    return fc.dictionary(textsOf(schema.propertyNames.pattern ?? "", 1), valuesOf(schema.additionalProperties), {
      maxKeys: 3,
      noNullPrototype: true,
    });
  if (schema.type === "array" && schema.items !== undefined)
    return fc.array(valuesOf(schema.items), { minLength: schema.minItems ?? 0, maxLength: 4 });
  if (schema.type === "integer" && schema.minimum !== undefined && schema.maximum !== undefined)
    return fc.integer({ min: schema.minimum, max: schema.maximum });
  if (schema.type === "boolean") return fc.boolean();
  if (schema.format === "ipv4") return fc.ipV4();
  if (schema.format === "ipv6") return ipV6;
  if (schema.format === "cidrv4") return blocksOf(fc.ipV4(), 32);
  if (schema.format === "cidrv6") return blocksOf(ipV6, 128);
  if (schema.type === "string" && schema.pattern !== undefined) return textsOf(schema.pattern, schema.minLength ?? 0);
  throw new Error(`no values for ${JSON.stringify(schema)}`);
}

const ipV6 = fc.ipV6().filter((address) => !address.includes("."));

function blocksOf(addresses: fc.Arbitrary<string>, longest: number): fc.Arbitrary<string> {
  return fc.tuple(addresses, fc.integer({ min: 0, max: longest })).map(([address, length]) => `${address}/${length}`);
}

/** Of `\P{Cc}`, which fast-check takes a second to read and long to choose from: every kind that texts may have trouble with. */
const PRINTABLE = "[ -~\\u{a0}-\\u{24f}\\u{2028}-\\u{202e}\\u{feff}\\u{1f600}-\\u{1f64f}]";

/** fast-check makes texts of a pattern, but of none that looks ahead: those are made without, and then judged. */
function textsOf(pattern: string, minLength: number): fc.Arbitrary<string> {
  const whole = new RegExp(pattern, "u");
  const chosen = withoutLookahead(pattern).replaceAll("\\P{Cc}", PRINTABLE);
  return fc.stringMatching(new RegExp(chosen, "u")).filter((text) => whole.test(text) && text.length >= minLength);
}

function withoutLookahead(pattern: string): string {
  const start = pattern.indexOf("(?!");
  if (start < 0) return pattern;
  let depth = 0;
  for (let at = start; at < pattern.length; at++) {
    if (pattern[at] === "\\") at++;
    else if (pattern[at] === "(") depth++;
    else if (pattern[at] === ")" && --depth === 0)
      return withoutLookahead(pattern.slice(0, start) + pattern.slice(at + 1));
  }
  throw new Error(`unbalanced: ${pattern}`);
}

/** Whether a value breaks rules that JSON Schema cannot say, exactly one source for one, and nothing else. */
function breaksRules(schema: z.ZodType | undefined, value: unknown): boolean {
  return schema?.safeParse(value).error?.issues.every(isRule) ?? false;
}

function isRule(issue: z.core.$ZodIssue): boolean {
  return issue.code === "custom" || (issue.code === "invalid_union" && issue.errors.some((one) => one.every(isRule)));
}

/** Mails are either sent or caught: a quarter of all files would be thrown away for that. */
function withoutBothMails(file: unknown): unknown {
  const { mail_catcher, ...others } = file as InstanceFile;
  return others.mail === undefined && mail_catcher !== undefined ? { ...others, mail_catcher } : others;
}

/** Of the sources that were thought of, the first one: of all random ones, few name exactly one. */
function withOneSource(source: unknown): unknown {
  const { git, path, image, sample, ref, key_file } = source as NonNullable<InstanceFile["source"]>;
  if (git !== undefined) return { git, ...(ref !== undefined && { ref }), ...(key_file !== undefined && { key_file }) };
  if (path !== undefined) return { path, ...(ref !== undefined && { ref }) };
  return image === undefined ? { sample } : { image };
}

/** The contents of files that fit, made group by group: few random groups keep all of their rules. */
export const validFiles = fc
  .record(
    Object.fromEntries(
      Object.entries(FILE.properties ?? {}).map(([key, schema]) => {
        const rules = schemaAt(fileSchema, [key]);
        const values = key === "source" ? valuesOf(schema).map(withOneSource) : valuesOf(schema);
        return [key, values.filter((value) => !breaksRules(rules, value))];
      }),
    ),
    { requiredKeys: FILE.required ?? [], noNullPrototype: true },
  )
  .map(withoutBothMails)
  .filter((file) => !breaksRules(fileSchema, file)) as fc.Arbitrary<InstanceFile>;

/** The same content as people, editors and programs write it. */
export function textOf(file: object): fc.Arbitrary<string> {
  return fc.constantFrom(
    stringify(file),
    stringify(file, { defaultStringType: "QUOTE_DOUBLE", indent: 4 }),
    stringify(file, { collectionStyle: "flow", lineWidth: 0 }),
    `\uFEFF# Comment\r\n${stringify(file, { lineWidth: 0 }).replaceAll("\n", "\r\n")}`,
    JSON.stringify(file, null, 2),
  );
}

/** Every setting that holds no other: its path, and a value that is wrong for it on one line. */
export const LEAVES = leavesOf(FILE, []);

export interface Leaf {
  path: string[];
  wrong: string | number;
}

/** The paths of the groups of settings, that of the file itself included. */
export const GROUPS = groupsOf(FILE, []);

function leavesOf(schema: Schema, path: string[]): Leaf[] {
  if (schema.properties !== undefined)
    return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => leavesOf(value, [...path, key]));
  const kinds = [schema, ...(schema.anyOf ?? [])];
  const takesText = kinds.some(({ type, enum: words }) => type === "string" && words === undefined);
  return [{ path, wrong: takesText ? 12_345 : "wrong" }];
}

function groupsOf(schema: Schema, path: string[]): string[][] {
  if (schema.properties === undefined) return [];
  const below = Object.entries(schema.properties ?? {});
  return [path, ...below.flatMap(([key, value]) => groupsOf(value, [...path, key]))];
}

/** Texts of files in which something may be wrong: values, keys, or the text itself. */
export const mutatedTexts: fc.Arbitrary<string> = validFiles.chain((file) =>
  fc.array(valueMutations, { maxLength: 4 }).chain((changes) => {
    const changed = changes.reduce((content, change) => change(content), structuredClone(file) as object);
    return textOf(changed).chain((text) =>
      fc.array(textMutations, { maxLength: 3 }).map((edits) => edits.reduce((before, edit) => edit(before), text)),
    );
  }),
);

/** Anything that YAML can hold, texts with control characters, lone surrogates and JavaScript's own names included. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 4, stringUnit: "binary" }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 2 ** 60, "=", "<<", "~", "\u202e", "\0", "x".repeat(5000)),
);
const keys = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("__proto__", "constructor", "toString", "<<", "web", "port", "version", ""),
);

const valueMutations: fc.Arbitrary<(file: object) => object> = fc.oneof(
  fc.tuple(fc.constantFrom(...LEAVES, ...GROUPS.map((path) => ({ path }))), anything).map(
    ([{ path }, value]) =>
      (file: object) =>
        withValue(file, path, value),
  ),
  fc.tuple(fc.constantFrom(...GROUPS), keys, anything).map(
    ([path, key, value]) =>
      (file: object) =>
        withValue(file, [...path, key], value),
  ),
  fc.constantFrom(...LEAVES).map(
    ({ path }) =>
      (file: object) =>
        withValue(file, path, undefined),
  ),
);

/** A copy with one value changed, made or (undefined) removed; groups are made where there are none. */
export function withValue(file: object, path: readonly string[], value: unknown): object {
  const [key, ...rest] = path;
  if (key === undefined) return typeof value === "object" && value !== null ? value : { value };
  const entries = new Map(Object.entries(file));
  const inner = entries.get(key) as unknown;
  const next =
    rest.length === 0 ? value : withValue(typeof inner === "object" && inner !== null ? inner : {}, rest, value);
  if (next === undefined) entries.delete(key);
  else entries.set(key, next);
  // Not an assignment: `__proto__` is to be a key like any other.
  return Object.fromEntries(entries);
}

/** What is put between two characters of a file. */
const insertions = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "\t",
    "\r",
    "\0",
    "\u2028",
    "\uFEFF",
    "\u{1F600}",
    ":",
    "- ",
    "? ",
    "{",
    "]",
    "'",
    '"',
    "|",
    ">",
    "#",
    "%",
    "@",
    "`",
  ),
  fc.constantFrom(
    "---\n",
    "...\n",
    "%YAML 1.1\n---\n",
    "!!set ",
    "!!binary ",
    "!!python/object:x ",
    "&a ",
    "*a ",
    "&a [*a]",
    "<<: *a\n",
  ),
  fc.constantFrom(
    "\nx: *",
    "\nversion: 2\n",
    "\nweb: {}\n",
    "\n? {a: b}\n: 1\n",
    "\n: 1\n",
    "version: 1\nprofile: demo\n",
  ),
  // Nested deeply, wide, and aliases of aliases that would be a thousand million values.
  fc.constantFrom("[".repeat(20_000), "{a: ".repeat(9000), "- ".repeat(9000), "a,".repeat(9000), "x".repeat(70_000)),
  fc.constant(
    `\n${"abcdefghi"
      .split("")
      .map((name, index, all) => `${name}: &${name} [${`${index === 0 ? "x" : `*${all[index - 1]}`}, `.repeat(10)}]\n`)
      .join("")}`,
  ),
);

const textMutations: fc.Arbitrary<(text: string) => string> = fc.oneof(
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), insertions).map(
    ([where, what]) =>
      (text: string) =>
        text.slice(0, where * text.length) + what + text.slice(where * text.length),
  ),
  fc.double({ min: 0, max: 1, noNaN: true }).map((where) => (text: string) => text.slice(0, where * text.length)),
  fc.nat().map((number) => (text: string) => {
    const lines = text.split("\n");
    const line = lines[number % lines.length] ?? "";
    return [...lines, line].join("\n");
  }),
  fc.tuple(fc.nat(), fc.nat({ max: 20 })).map(([at, count]) => (text: string) => {
    const start = at % (text.length + 1);
    return text.slice(0, start) + text.slice(start + count);
  }),
);
