import { parse } from "smol-toml";
import { allowsPython } from "./python.ts";

/** What the source's own pyproject.toml says about its dependencies. */
export interface Project {
  /** The names of its Poetry groups, `main` aside. */
  groups: string[];
  extras: string[];
  /** The Pythons that it supports, in Poetry's notation; undefined where it does not say. */
  python: string | undefined;
}

type Table = Record<string, unknown>;

/**
 * Reads what matters here, whether it is written as Poetry 1 had it or in the tables of PEP 621 and 735.
 *
 * @param text pyproject.toml
 * @throws TomlError
 */
export function parseProject(text: string): Project {
  const content = parse(text);
  const standard = tableAt(content, "project");
  const poetry = tableAt(content, "tool", "poetry");
  const groups = [
    ...Object.keys(tableAt(poetry, "group")),
    ...Object.keys(tableAt(content, "dependency-groups")),
    ...("dev-dependencies" in poetry ? ["dev"] : []),
  ];
  const extras = [
    ...Object.keys(tableAt(poetry, "extras")),
    ...Object.keys(tableAt(standard, "optional-dependencies")),
  ];
  const python = tableAt(poetry, "dependencies")["python"] ?? standard["requires-python"];
  return {
    groups: [...new Set(groups)].filter((name) => name !== "main").sort(),
    extras: [...new Set(extras)].sort(),
    python: typeof python === "string" ? python : undefined,
  };
}

/** The first of these Pythons that the project supports; undefined when it supports none. */
export function choosePython({ python }: Pick<Project, "python">, available: readonly string[]): string | undefined {
  return available.find((version) => python === undefined || allowsPython(python, version));
}

function tableAt(content: Table, ...path: string[]): Table {
  const found = path.reduce<unknown>((value, key) => (isTable(value) ? value[key] : undefined), content);
  return isTable(found) ? found : {};
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
