import { type Document, type ErrorCode, LineCounter, parseDocument, visit } from "yaml";
import { UserError } from "../errors/user-error.ts";
import { type Diagnostic, diagnose } from "./diagnostics.ts";
import { FORMAT_VERSION, fileSchema, type InstanceFile } from "./schema.ts";

/**
 * Reads the text of an instance.yaml.
 *
 * @param path the file's path, for messages
 * @throws UserError INSTANCE_FILE_INVALID with every fault of the file; INSTANCE_FILE_NEWER when a newer version wrote it
 */
export function parseInstanceFile(text: string, path: string): InstanceFile {
  const lines = new LineCounter();
  const document: Document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const syntaxFaults = [
    ...document.errors.map(({ code, pos }) => ({ code, offset: pos[0] })),
    ...lostAliases(document),
  ];
  if (syntaxFaults.length > 0) {
    const diagnostics: Diagnostic[] = syntaxFaults.map(({ code, offset }) => {
      const { line, col } = lines.linePos(offset);
      return { line, column: col, setting: "", problem: { kind: "syntax", detail: code } };
    });
    throw new UserError("INSTANCE_FILE_INVALID", { path, diagnostics });
  }
  const version = document.get("version");
  if (typeof version === "number" && version > FORMAT_VERSION) {
    throw new UserError("INSTANCE_FILE_NEWER", { path, version, supported: FORMAT_VERSION });
  }
  const result = fileSchema.safeParse(document.toJS() ?? {}, { reportInput: true });
  if (!result.success) {
    throw new UserError("INSTANCE_FILE_INVALID", {
      path,
      diagnostics: diagnose(result.error.issues, document, lines, fileSchema),
    });
  }
  return result.data;
}

/** Aliases of anchors that are not there: the parser leaves them for later, and then throws. */
function lostAliases(document: Document): { code: ErrorCode; offset: number }[] {
  const lost: { code: ErrorCode; offset: number }[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined) lost.push({ code: "BAD_ALIAS", offset: alias.range?.[0] ?? 0 });
    },
  });
  return lost;
}
