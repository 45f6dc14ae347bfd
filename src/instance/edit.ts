import { isDeepStrictEqual } from "node:util";
import {
  Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import { UserError } from "../errors/user-error.ts";
import { schemaAt } from "./diagnostics.ts";
import { parseInstanceFile, parseYaml } from "./document.ts";
import { fileSchema } from "./schema.ts";

/**
 * The value that somebody gives for a setting on a command line: YAML, as in the file; but what YAML takes for a number
 * or the like is text where the setting is text (`source.ref 0.10`).
 *
 * @throws UserError SETTING_REFUSED when it is not YAML
 */
export function settingValue(setting: readonly string[], text: string, path: string): unknown {
  const { content } = parsing(setting, path, () => parseYaml(text, setting.join(".")));
  const schema = schemaAt(fileSchema, setting);
  const accepted = [content, text].find((value) => schema?.safeParse(value).success);
  return accepted ?? content;
}

/**
 * The text of an instance.yaml in which a setting has another value. Comments, order and, as far as it can be, the
 * writing stay.
 *
 * @param path the file's path, for messages
 * @param value undefined to take the setting out
 * @throws UserError SETTING_REFUSED when the file would not be valid; INSTANCE_FILE_INVALID when it is not YAML;
 *   INSTANCE_FILE_ALIASES
 */
export function withSetting(text: string, path: string, setting: readonly string[], value: unknown): string {
  const { document, content } = parseYaml(text, path);
  refuseAliases(document, path);
  if (!groupsOn(document, setting)) parseInstanceFile(text, path);
  if (value === undefined && !document.hasIn(setting)) return text;
  const wanted = withValue(content, setting, value);
  const candidates = value === undefined ? [withoutLine] : [inPlace, withNewLine];
  const edited =
    candidates.map((edit) => edit(text, document, setting, value)).find((made) => means(made, wanted)) ??
    rewritten(text, document, setting, value);
  parsing(setting, path, () => parseInstanceFile(edited, path));
  return edited;
}

function parsing<T>(setting: readonly string[], path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "INSTANCE_FILE_INVALID") throw error;
    const { path: place, diagnostics } = (error as UserError<"INSTANCE_FILE_INVALID">).parameters;
    throw new UserError(
      "SETTING_REFUSED",
      { setting: setting.join("."), file: path, path: place, diagnostics },
      { cause: error },
    );
  }
}

/** A value that stands in two places cannot change in one. */
function refuseAliases(document: Document, path: string): void {
  visit(document, {
    Alias: () => {
      throw new UserError("INSTANCE_FILE_ALIASES", { path });
    },
  });
}

/** Whether all that stands above the setting in the file can hold it. */
function groupsOn(document: Document, setting: readonly string[]): boolean {
  const above = setting.map((_, length) => document.getIn(setting.slice(0, length), true));
  return above.every((node) => node === undefined || node === null || isMap(node));
}

function withValue(content: unknown, setting: readonly string[], value: unknown): unknown {
  const [key = "", ...rest] = setting;
  // A text may stand where a group can: the group takes its place.
  const group = typeof content === "object" ? content : undefined;
  const { [key]: inner, ...others } = (group ?? {}) as Record<string, unknown>;
  const next = rest.length === 0 ? value : withValue(inner, rest, value);
  const gone =
    next === undefined || (rest.length > 0 && value === undefined && Object.keys(next as object).length === 0);
  return gone ? others : { ...others, [key]: next };
}

function means(text: string | undefined, wanted: unknown): text is string {
  if (text === undefined) return false;
  const document = parseDocument(text, { schema: "core", logLevel: "silent" });
  return document.errors.length === 0 && isDeepStrictEqual(document.toJS() ?? {}, wanted);
}

type Edit = (text: string, document: Document, setting: readonly string[], value: unknown) => string | undefined;

/** Puts a value where the one before it stood. */
const inPlace: Edit = (text, document, setting, value) => {
  const node = document.getIn(setting, true);
  const replaceable = isScalar(node) || (isCollection(node) && node.flow === true);
  if (!replaceable || !node.range) return undefined;
  const [start, end] = node.range;
  return text.slice(0, start) + inline(text, value) + text.slice(end);
};

/** Puts a setting on a line of its own below the last one of its group, or the group below the last one of the file. */
const withNewLine: Edit = (text, document, setting, value) => {
  const depth = setting.findLastIndex((_, length) => isMap(document.getIn(setting.slice(0, length), true)));
  const group = document.getIn(setting.slice(0, depth), true) as YAMLMap | undefined;
  const [first, last] = [group?.items[0], group?.items.at(-1)];
  const start = keyOffset(first);
  const end = isNode(last?.value) ? last.value.range?.[1] : undefined;
  if (group === undefined || group.flow || document.hasIn(setting.slice(0, depth + 1))) return undefined;
  if (start === undefined || end === undefined) return undefined;
  const margin = " ".repeat(start - lineStart(text, start));
  const inner = setting.slice(depth).reduceRight<unknown>((content, key) => ({ [key]: content }), value);
  const lines = new Document(inner)
    .toString({ ...styleOf(text), directives: false })
    .trimEnd()
    .split("\n");
  const lineEnd = text.indexOf("\n", Math.max(0, end - 1));
  const at = lineEnd < 0 ? text.length : lineEnd + 1;
  const eol = lineEndOf(text);
  const added = lines.map((line) => margin + line + eol).join("");
  return text.slice(0, at) + (lineEnd < 0 ? eol : "") + added + text.slice(at);
};

/** Takes out a setting that has one line to itself. */
const withoutLine: Edit = (text, document, setting) => {
  const group = document.getIn(setting.slice(0, -1), true);
  if (!isMap(group) || group.flow) return undefined;
  const pair = group.items.find(({ key }) => isScalar(key) && key.value === setting.at(-1));
  const start = keyOffset(pair);
  if (start === undefined) return undefined;
  const lineEnd = text.indexOf("\n", start);
  return text.slice(0, lineStart(text, start)) + (lineEnd < 0 ? "" : text.slice(lineEnd + 1));
};

/** The whole document written anew: comments and order stay. */
function rewritten(text: string, document: Document, setting: readonly string[], value: unknown): string {
  if (value !== undefined) {
    const depth = setting.findIndex((_, length) => isScalar(document.getIn(setting.slice(0, length + 1), true)));
    const at = setting.slice(0, depth < 0 ? setting.length : depth + 1);
    const inner = setting.slice(at.length).reduceRight<unknown>((content, key) => ({ [key]: content }), value);
    const { comment, commentBefore, spaceBefore } = (document.getIn(at, true) ?? {}) as Partial<Node>;
    document.setIn(at, Object.assign(document.createNode(inner), { comment, commentBefore, spaceBefore }));
  } else {
    document.deleteIn(setting);
    for (let length = setting.length - 1; length > 0; length--) {
      const group = document.getIn(setting.slice(0, length), true);
      if (isMap(group) && group.items.length === 0) document.deleteIn(setting.slice(0, length));
    }
  }
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  return mark + document.toString(styleOf(text)).replaceAll("\n", lineEndOf(text));
}

function inline(text: string, value: unknown): string {
  return new Document(value).toString({ ...styleOf(text), collectionStyle: "flow" }).trimEnd();
}

/** How the file is written, for what is added to it. */
function styleOf(text: string) {
  const indent = /^( {1,8})[^\s#-]/m.exec(text)?.[1]?.length ?? 2;
  return { lineWidth: 0, indent, flowCollectionPadding: !/[[{][^\s\]}]/.test(text) };
}

function lineEndOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function keyOffset(pair: Pair | undefined): number | undefined {
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}
