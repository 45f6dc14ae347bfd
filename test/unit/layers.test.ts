import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { parseSync } from "oxc-parser";
import { describe, expect, test } from "vitest";
import { listTree } from "../../src/files/tree.ts";

const SRC = join(import.meta.dirname, "..", "..", "src");

/**
 * The layers that each layer may import, itself aside (docs/architecture.md). What a layer is told in terms of may be
 * imported by an adapter (a build plan, a label), never the other way round.
 */
const MAY_IMPORT: Record<string, string[]> = {
  main: ["cli"],
  cli: ["operations", "instance", "release", "errors", "messages", "files"],
  operations: ["instance", "release", "stack", "checks", "adapters", "errors", "messages", "files"],
  checks: ["instance", "release", "stack", "adapters", "errors", "messages", "files"],
  testing: ["operations", "instance", "release", "adapters", "errors", "messages", "files"],
  adapters: ["release", "stack", "errors", "files"],
  stack: ["instance", "release", "files"],
  release: ["instance", "files"],
  instance: ["errors", "messages", "files"],
  messages: ["instance"],
  errors: ["messages"],
  files: ["errors"],
};

/** Modules beyond the table, each with its reason. */
const EXCEPTIONS: Record<string, string[]> = {
  // Where the interfaces that operations work with are put together with what stands behind them.
  "cli/session.ts": ["adapters"],
};

/** Packages and modules of Node's that only some layers may load. */
const RESERVED: Record<string, string[]> = {
  dockerode: ["adapters"],
  pg: ["adapters"],
  undici: ["adapters"],
  execa: ["adapters"],
  "node:child_process": ["adapters"],
  "node:net": ["adapters"],
  "node:http": ["adapters"],
  ora: ["cli"],
  commander: ["cli"],
  ejs: ["stack"],
  zod: ["instance"],
};

/** Layers without input and output: they load nothing of Node's but these. */
const PURE: Record<string, string[]> = { stack: [], release: ["node:path"], messages: [], errors: [] };

interface Import {
  from: string;
  /** The file within src/, or the name of a package. */
  to: string;
  typeOnly: boolean;
}

async function importsOf(file: string): Promise<Import[]> {
  const text = await readFile(join(SRC, file), "utf8");
  const { module, program, errors } = parseSync(file, text);
  expect(errors).toEqual([]);
  const found = module.staticImports.map(({ moduleRequest, start, end }) => ({
    name: moduleRequest.value,
    typeOnly: /^import\s+type\b/.test(text.slice(start, end)),
  }));
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest) found.push({ name: moduleRequest.value, typeOnly: isType });
    }
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const name = text.slice(moduleRequest.start, moduleRequest.end);
    expect(name, `${file}: what is imported must be readable`).toMatch(/^"[^"]+"$/);
    found.push({ name: JSON.parse(name) as string, typeOnly: false });
  }
  expect(program.body.length, file).toBeGreaterThan(0);
  return found.map(({ name, typeOnly }) => ({ from: file, to: resolveName(file, name), typeOnly }));
}

function resolveName(file: string, name: string): string {
  if (name.startsWith(".")) return relative(SRC, join(SRC, dirname(file), name));
  if (name.startsWith("node:")) return name.split("/")[0] ?? name;
  return name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
}

/** `stack` of stack/services/app.ts; `main` of main.ts. */
function layerOf(file: string): string {
  return file.includes("/") ? (file.split("/")[0] ?? "") : file.replace(/\.ts$/, "");
}

describe("imports", async () => {
  const files = (await listTree(SRC)).filter((file) => file.endsWith(".ts"));
  const imports = (await Promise.all(files.map(importsOf))).flat();
  const internal = imports.filter(({ to }) => to.endsWith(".ts"));
  const external = imports.filter(({ to }) => !to.endsWith(".ts"));
  const shown = (wrong: Import[]): string[] => wrong.map(({ from, to }) => `${from} imports ${to}`);

  test("are all found", () => {
    expect(internal.filter(({ from }) => from === "main.ts").map(({ to }) => to)).toEqual(["cli/run.ts"]);
    expect(external.filter(({ to }) => to === "dockerode").map(({ from }) => from)).toEqual([
      "adapters/connection.ts",
      "adapters/docker.ts",
    ]);
    expect(internal.filter(({ to }) => !files.includes(to))).toEqual([]);
  });

  test("are of layers that the table knows", () => {
    expect([...new Set(files.map(layerOf))].filter((layer) => !(layer in MAY_IMPORT))).toEqual([]);
  });

  test("go in one direction only", () => {
    const wrong = internal.filter(({ from, to }) => {
      const allowed = [layerOf(from), ...(MAY_IMPORT[layerOf(from)] ?? []), ...(EXCEPTIONS[from] ?? [])];
      return !allowed.includes(layerOf(to));
    });
    expect(shown(wrong)).toEqual([]);
  });

  test("go round in no circle at run time", () => {
    const next = Map.groupBy(
      internal.filter(({ typeOnly }) => !typeOnly),
      ({ from }) => from,
    );
    const reach = (file: string, seen = new Set<string>()): Set<string> => {
      for (const { to } of next.get(file) ?? []) {
        if (!seen.has(to)) reach(to, seen.add(to));
      }
      return seen;
    };
    expect(files.filter((file) => reach(file).has(file))).toEqual([]);
  });

  test.each(Object.entries(RESERVED))("load %s in %s only", (name, layers) => {
    const wrong = external.filter(({ from, to }) => to === name && !layers.includes(layerOf(from)));
    expect(shown(wrong)).toEqual([]);
  });

  test.each(Object.entries(PURE))("keep %s without input and output", (layer, allowed) => {
    const wrong = external.filter(
      ({ from, to }) => layerOf(from) === layer && to.startsWith("node:") && !allowed.includes(to),
    );
    expect(shown(wrong)).toEqual([]);
  });

  test("let stack have nothing of files but digests", () => {
    const wrong = internal.filter(
      ({ from, to, typeOnly }) => layerOf(from) === "stack" && layerOf(to) === "files" && !typeOnly,
    );
    expect(new Set(wrong.map(({ to }) => to))).toEqual(new Set(["files/digest.ts"]));
  });

  test("find the package's own folder in one module only", async () => {
    const texts = await Promise.all(
      files.map(async (file) => [file, await readFile(join(SRC, file), "utf8")] as const),
    );
    const found = texts.filter(([, text]) =>
      /import\.meta\.(dirname|filename|url)|__dirname|process\.argv\[1\]/.test(text),
    );
    expect(found.map(([file]) => file)).toEqual(["files/assets.ts"]);
  });
});
