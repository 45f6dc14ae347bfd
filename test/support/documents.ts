import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

const ROOT = join(import.meta.dirname, "..", "..");
const MARK = "<!-- run -->";

/** A fenced block of a document. */
export interface Block {
  language: string;
  /** Where it begins, as in `README.md:42`. */
  place: string;
  /** Whether the document says that its commands are run by the tests. */
  run: boolean;
  lines: string[];
}

/** A command of a block, and what the document shows below it. */
export interface Command {
  place: string;
  /** The folder in the prompt, `~` where there is none. */
  folder: string;
  text: string;
  shown: string[];
}

export async function blocksOf(document: string): Promise<Block[]> {
  const text = await readFile(join(ROOT, document), "utf8");
  const lines = text.split("\n").map((line) => line.replace(/^> ?/, ""));
  const blocks: Block[] = [];
  let open: Block | undefined;
  lines.forEach((line, index) => {
    const fence = /^ *```(\w*)$/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open !== undefined) {
      blocks.push(open);
      open = undefined;
    } else {
      const run = lines[index - 1]?.trim() === MARK;
      open = { language: fence[1] ?? "", place: `${document}:${index + 1}`, run, lines: [] };
    }
  });
  return blocks;
}

/** The commands of a block: those behind a prompt, or where there are no prompts (`sh`) every line. */
export function commandsOf({ language, place, lines }: Block): Command[] {
  if (language === "sh") {
    const texts = lines.map((line) => line.trim()).filter((line) => line !== "");
    return texts.map((text) => ({ place, folder: "~", text, shown: [] }));
  }
  const commands: Command[] = [];
  for (const line of lines) {
    const prompt = /^(?:\w+@\w+:(\S+))?\$ (.+)$/.exec(line);
    if (prompt !== null) commands.push({ place, folder: prompt[1] ?? "~", text: prompt[2] ?? "", shown: [] });
    else if (line !== "") commands.at(-1)?.shown.push(line);
  }
  return commands;
}

/** What differs from run to run is the same in two normalized lines: times, digests, colours, the width of columns. */
export function normalized(text: string): string[] {
  return stripVTControlCharacters(text)
    .replaceAll("✔", "✓")
    .split("\n")
    .map((line) =>
      line
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|\+\d\d:\d\d)?/g, "TIME")
        .replace(/\d+[.,]\d\ss\b/g, "SECONDS")
        .replace(/\b[0-9a-f]{12}\b/g, "DIGEST")
        .replace(/\s+/g, " ")
        .trim(),
    )
    .filter((line) => line !== "");
}
