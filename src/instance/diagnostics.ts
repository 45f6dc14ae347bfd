import { distance } from "fastest-levenshtein";
import { type Document, isAlias, isMap, isScalar, type LineCounter } from "yaml";
import { z } from "zod";

/** What is wrong with one place of instance.yaml; lines and columns count from 1. */
export interface Diagnostic {
  line: number;
  column: number;
  /** The setting, as in `web.port`; empty for the file as a whole. */
  setting: string;
  problem: Problem;
}

export type Problem =
  | { kind: "syntax"; detail: string }
  | { kind: "tooLong"; maximum: number }
  | { kind: "unknownKey"; key: string; suggestion: string | undefined }
  | { kind: "missing" }
  | { kind: "wrongType"; expected: string }
  | { kind: "notAllowed"; allowed: string[] }
  | { kind: "empty" }
  | { kind: "tooSmall"; minimum: number }
  | { kind: "tooLarge"; maximum: number }
  | { kind: "badFormat"; value: string }
  | { kind: "rule"; rule: string };

type Path = readonly PropertyKey[];

const SHOWN_LENGTH = 100;

/** The diagnostics of a file that does not fit its schema, each where it stands in the file, in the file's order. */
export function diagnose(
  issues: z.core.$ZodIssue[],
  document: Document,
  lines: LineCounter,
  schema: z.ZodObject,
): Diagnostic[] {
  const diagnostics = issues.flatMap(withBranch).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      const known = knownKeys(schema, issue.path);
      return issue.keys.map((key) =>
        place(document, lines, [...issue.path, key], true, {
          kind: "unknownKey",
          key,
          suggestion: nearest(key, known),
        }),
      );
    }
    const missing = issue.input === undefined;
    return [place(document, lines, issue.path, false, missing ? { kind: "missing" } : problemOf(issue))];
  });
  return diagnostics.sort((one, other) => one.line - other.line || one.column - other.column);
}

/** What is wrong with a group that stands where a text could, too: whoever writes `{ gti: … }` there means the group. */
function withBranch(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union" || typeof issue.input !== "object") return [issue];
  const meant = issue.errors.find(
    (errors) => !errors.some(({ code, path }) => code === "invalid_type" && path.length === 0),
  );
  return meant === undefined ? [issue] : meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** What is wrong, in terms of what people are told. */
export function problemOf(issue: z.core.$ZodIssue): Problem {
  switch (issue.code) {
    case "invalid_type":
      return { kind: "wrongType", expected: issue.expected };
    case "invalid_value":
      return { kind: "notAllowed", allowed: issue.values.map(String) };
    case "too_small":
      if (issue.origin === "array" || issue.origin === "string") return { kind: "empty" };
      return { kind: "tooSmall", minimum: Number(issue.minimum) };
    case "too_big":
      return { kind: "tooLarge", maximum: Number(issue.maximum) };
    case "invalid_union": {
      // As many explanations as there are branches: the first one's type is that of all.
      // A value of a branch's own type is told by that branch's rule.
      const rule = issue.errors.flat().find(({ code }) => ["too_small", "too_big", "custom"].includes(code));
      if (rule !== undefined) return problemOf(rule);
      const wrongType = issue.errors[0]?.find(({ code }) => code === "invalid_type");
      if (wrongType?.code === "invalid_type") return { kind: "wrongType", expected: wrongType.expected };
      return { kind: "badFormat", value: shown(String(issue.input)) };
    }
    case "custom":
      return { kind: "rule", rule: String(issue.params?.["rule"]) };
    default:
      return { kind: "badFormat", value: shown(String(issue.input)) };
  }
}

function place(document: Document, lines: LineCounter, path: Path, atKey: boolean, problem: Problem): Diagnostic {
  const { line, col } = lines.linePos(offsetOf(document, path, atKey));
  return { line, column: col, setting: path.map((key) => shown(String(key))).join("."), problem };
}

/** A word of the file as a person can read it: on one line, without characters that change the line, and not endless. */
function shown(text: string): string {
  const plain =
    text !== "" && text.length <= SHOWN_LENGTH && text === text.trim() && !/[\p{C}\p{Zl}\p{Zp}"]/u.test(text);
  if (plain) return text;
  const start = text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
  return JSON.stringify(start).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

/** Where a setting stands; of one that is not there, where its nearest parent does. */
function offsetOf(document: Document, path: Path, atKey: boolean): number {
  for (let length = path.length; length > 0; length--) {
    const head = path.slice(0, length);
    const key = atKey || length < path.length ? keyOffset(document, head) : undefined;
    const node = document.getIn(head, true) as { range?: [number, number, number] } | undefined;
    const offset = key ?? node?.range?.[0] ?? keyOffset(document, head);
    if (offset !== undefined) return offset;
  }
  return document.contents?.range?.[0] ?? 0;
}

function keyOffset(document: Document, path: Path): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const map = isAlias(parent) ? parent.resolve(document) : parent;
  if (!isMap(map)) return undefined;
  const key = map.items.map((pair) => pair.key).find((node) => isScalar(node) && String(node.value) === path.at(-1));
  return isScalar(key) ? key.range?.[0] : undefined;
}

function knownKeys(schema: z.ZodObject, path: Path): string[] {
  return Object.keys(shapeOf(schemaAt(schema, path)));
}

/** The schema of one setting, or group of settings; undefined where there is none of that path. */
export function schemaAt(schema: z.ZodObject, path: Path): z.ZodType | undefined {
  let found: z.ZodType | undefined = schema;
  for (const key of path) {
    const shape = shapeOf(found);
    found = Object.hasOwn(shape, key) ? shape[String(key)] : undefined;
  }
  return found;
}

/** The settings of a group, by their keys; none where it is not one. */
export function shapeOf(schema: z.ZodType | undefined): Record<string, z.ZodType> {
  let inner = schema;
  while (inner instanceof z.ZodOptional) inner = inner.unwrap() as z.ZodType;
  if (inner instanceof z.ZodUnion) return Object.assign({}, ...(inner.options as z.ZodType[]).map(shapeOf));
  return inner instanceof z.ZodObject ? inner.shape : {};
}

/** The known word that is at most two edits away. */
export function nearest(word: string, known: string[]): string | undefined {
  return known
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate) }))
    .filter(({ edits }) => edits <= 2)
    .sort((one, other) => one.edits - other.edits)[0]?.candidate;
}
