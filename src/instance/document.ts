import { Document, type ErrorCode, isAlias, LineCounter, parseDocument, visit } from "yaml";
import { UserError } from "../errors/user-error.ts";
import { type Diagnostic, diagnose } from "./diagnostics.ts";
import { FORMAT_VERSION, fileSchema, type InstanceFile } from "./schema.ts";

/** A file with every setting commented has 4,000 characters; what takes minutes to read is not one. */
const MAX_LENGTH = 65_536;

/** Each one is looked for through the whole file. */
const MAX_ALIASES = 100;

/** YAML 1.2's own types only, whatever the file's tags and directives say: no sets, dates or merged keys. */
const YAML = { schema: "core", resolveKnownTags: false, logLevel: "error", uniqueKeys: true } as const;

/** The parser's own word for what is nested too deeply. */
const TOO_MUCH = "RESOURCE_EXHAUSTION";

interface SyntaxFault {
  code: ErrorCode;
  offset: number;
}

/** A file without faults of YAML's own. */
export interface YamlFile {
  document: Document;
  /** What it says, whether or not that fits the schema. */
  content: unknown;
}

/**
 * Reads the text of an instance.yaml.
 *
 * @param path the file's path, for messages
 * @throws UserError INSTANCE_FILE_INVALID with every fault of the file; INSTANCE_FILE_NEWER when a newer version wrote it
 */
export function parseInstanceFile(text: string, path: string): InstanceFile {
  const { document, content } = parseYaml(text, path);
  const version = document.get("version");
  if (Number.isInteger(version) && Number(version) > FORMAT_VERSION) {
    throw new UserError("INSTANCE_FILE_NEWER", { path, version: Number(version), supported: FORMAT_VERSION });
  }
  const result = fileSchema.safeParse(content ?? {}, { reportInput: true });
  if (!result.success) {
    throw new UserError("INSTANCE_FILE_INVALID", {
      path,
      diagnostics: diagnose(result.error.issues, document, lineStarts(text), fileSchema),
    });
  }
  return result.data;
}

/** @throws UserError INSTANCE_FILE_INVALID when it is not YAML */
export function parseYaml(text: string, path: string): YamlFile {
  if (text.length > MAX_LENGTH) {
    const problem = { kind: "tooLong", maximum: MAX_LENGTH } as const;
    throw new UserError("INSTANCE_FILE_INVALID", { path, diagnostics: [{ line: 1, column: 1, setting: "", problem }] });
  }
  const lines = lineStarts(text);
  const placed = ({ code, offset }: SyntaxFault): Diagnostic => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, setting: "", problem: { kind: "syntax", detail: code } };
  };
  const { document, faults, content } = read(text);
  if (faults.length > 0) throw new UserError("INSTANCE_FILE_INVALID", { path, diagnostics: faults.map(placed) });
  return { document, content };
}

/** Not the parser's own count: it does not see the line ends in what it cannot make sense of. */
function lineStarts(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  return lines;
}

interface Reading {
  document: Document;
  faults: SyntaxFault[];
  /** Of a document without faults. */
  content?: unknown;
}

function read(text: string): Reading {
  try {
    const document: Document = parseDocument(text, YAML);
    const { aliases, lost } = aliasesOf(document);
    const faults = [...document.errors.map(({ code, pos }) => ({ code, offset: pos[0] })), ...lost];
    // Where the parser gave up, every bracket that is still open would be a fault of its own.
    const tooDeep = faults.find(({ code }) => code === TOO_MUCH);
    if (tooDeep !== undefined) return { document, faults: [tooDeep] };
    if (faults.length > 0) return { document, faults };
    const tooMany = aliases[MAX_ALIASES];
    if (tooMany !== undefined) return { document, faults: [{ code: TOO_MUCH, offset: tooMany }] };
    return { document, faults, content: document.toJS({ maxAliasCount: -1 }) };
  } catch (error) {
    // The parser recurses: nesting that its own limit lets through can still be too much for the stack.
    if (error instanceof RangeError) return { document: new Document(), faults: [{ code: TOO_MUCH, offset: 0 }] };
    throw error;
  }
}

/** Where each alias stands, and those of anchors that are not there: the parser leaves them for later, and then throws. */
function aliasesOf(document: Document): { aliases: number[]; lost: SyntaxFault[] } {
  const anchors = new Set<string>();
  const aliases: number[] = [];
  const lost: SyntaxFault[] = [];
  visit(document, {
    Node(_, node) {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.add(node.anchor);
        return;
      }
      const offset = node.range?.[0] ?? 0;
      aliases.push(offset);
      if (!anchors.has(node.source)) lost.push({ code: "BAD_ALIAS", offset });
    },
  });
  return { aliases, lost };
}
