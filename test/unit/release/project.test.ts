import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { assetFolder } from "../../../src/files/assets.ts";
import { choosePython, parseProject } from "../../../src/release/project.ts";
import { allowsPython } from "../../../src/release/python.ts";

describe("pyproject.toml", () => {
  test("of the sample has upstream's groups and extras", async () => {
    const text = await readFile(join(assetFolder("sample"), "pyproject.toml"), "utf8");
    expect(parseProject(text)).toEqual({
      groups: ["dev", "doc", "tests"],
      extras: ["ldap", "oracle"],
      python: ">=3.9,<3.13",
    });
  });

  test.each([
    [
      "of Poetry 1.1",
      '[tool.poetry.dependencies]\npython = "^3.10"\n[tool.poetry.dev-dependencies]\npytest = "*"\n',
      { groups: ["dev"], extras: [], python: "^3.10" },
    ],
    [
      "of PEP 621 and 735",
      '[project]\nrequires-python = ">=3.11"\n[project.optional-dependencies]\nldap = []\n[dependency-groups]\ndoc = []\n',
      { groups: ["doc"], extras: ["ldap"], python: ">=3.11" },
    ],
    [
      "with the group main, which is always installed",
      '[tool.poetry.group.main.dependencies]\nx = "*"\n[tool.poetry.group.doc]\noptional = true\n',
      { groups: ["doc"], extras: [], python: undefined },
    ],
    ["without anything", "", { groups: [], extras: [], python: undefined }],
    ["with other types", "tool = 1\nproject = []\n", { groups: [], extras: [], python: undefined }],
  ])("%s is read", (_, text, expected) => {
    expect(parseProject(text)).toEqual(expected);
  });
});

test.each([
  [">=3.9,<3.13", true],
  [">=3.10,<3.12", true],
  [">= 3.9, < 3.13", true],
  [">=3.9 <3.13", true],
  ["^3.9", true],
  ["^3.12", false],
  ["~3.11", true],
  ["~3.10", false],
  ["~=3.9", true],
  ["~=3.10.1", false],
  ["3.11.*", true],
  ["3.*", true],
  ["*", true],
  ["==3.11.*", true],
  ["!=3.11.*", false],
  [">=3.8,!=3.9.7,<4.0", true],
  ["<3.11", false],
  ["3.11.2", true],
  ["3.11.3", false],
  ["~3.9 || ^3.11", true],
  ["~3.9 | ~3.10", false],
])("Poetry's %s allows Python 3.11.2: %s", (constraint, allowed) => {
  expect(allowsPython(constraint, "3.11.2")).toBe(allowed);
});

test.each([
  [">=3.9,<3.13", "3.11.16"],
  [">=3.12", "3.13.9"],
  [">=3.12,<3.13", "3.12.12"],
  [undefined, "3.11.16"],
  ["<3.10", undefined],
])("for %s Python %s is chosen", (python, chosen) => {
  expect(choosePython({ python }, ["3.11.16", "3.13.9", "3.12.12"])).toBe(chosen);
});
