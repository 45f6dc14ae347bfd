import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assetFolder } from "../../../src/files/assets.ts";
import { newLock } from "../../../src/instance/lock.ts";
import type { InstanceFile } from "../../../src/instance/schema.ts";
import type { Context } from "../../../src/operations/context.ts";
import { readProject, requireDependencies, withProject } from "../../../src/operations/read-project.ts";
import { resolveBases } from "../../../src/operations/resolve-bases.ts";
import type { ResolvedSource } from "../../../src/release/source.ts";
import { instanceOf, temporaryFolder, userErrorOf } from "../support.ts";

const PROJECT = { groups: ["dev", "doc", "tests"], extras: ["ldap", "oracle"], python: ">=3.9,<3.13" };
/** None of these needs anything of it. */
const CONTEXT = {} as Context;

function instanceWith(application: InstanceFile["application"], bases: "registry" | "packages" = "packages") {
  return instanceOf({ profile: "ci", source: { sample: true }, application, bases });
}

function folderSource(path: string): ResolvedSource {
  return { kind: "folder", path, files: [], digest: "", revision: "", sample: false };
}

test("the groups and extras of the source are allowed, all of them", () => {
  const instance = instanceWith({ groups: ["tests", "doc", "dev"], extras: ["oracle", "ldap"] });
  expect(() => requireDependencies(instance, PROJECT)).not.toThrow();
});

test.each([
  ["the guide's own word for doc", { groups: ["dev", "docs"] }, "application.groups", "docs", "doc"],
  ["a mistyped extra", { extras: ["ldpa"] }, "application.extras", "ldpa", "ldap"],
  ["an extra given as a group", { groups: ["oracle"] }, "application.groups", "oracle", undefined],
  ["what is always installed", { groups: ["main"] }, "application.groups", "main", undefined],
])("%s is refused with those that there are", async (_, application, setting, name, suggestion) => {
  const error = await userErrorOf(() => requireDependencies(instanceWith(application), PROJECT));
  const known = setting === "application.groups" ? PROJECT.groups : PROJECT.extras;
  expect(error).toMatchObject({ code: "DEPENDENCIES_UNKNOWN", parameters: { setting, name, suggestion, known } });
});

test("a ready image takes none", async () => {
  const error = await userErrorOf(() => requireDependencies(instanceWith({ extras: ["ldap"] }), undefined));
  expect(error).toMatchObject({ code: "IMAGE_FIXED", parameters: { setting: "application.extras" } });
  expect(() => requireDependencies(instanceWith({}), undefined)).not.toThrow();
});

test("a folder's pyproject.toml is read each time, and told where it is wrong", async () => {
  await using folder = await temporaryFolder();
  await cp(join(assetFolder("sample"), "pyproject.toml"), join(folder.path, "pyproject.toml"));
  expect(await readProject(CONTEXT, instanceWith({}), folderSource(folder.path), newLock("test"))).toEqual(PROJECT);
  await writeFile(join(folder.path, "pyproject.toml"), "[tool.poetry]\nname = biomaid\n");
  const error = await userErrorOf(() =>
    readProject(CONTEXT, instanceWith({}), folderSource(folder.path), newLock("test")),
  );
  expect(error).toMatchObject({ code: "PYPROJECT_INVALID", parameters: { source: folder.path, line: 2 } });
});

test("a commit's is remembered in the lock, for a start without its repository; another commit's is not it", () => {
  const source = { kind: "git", git: "https://example.org/x.git", ref: "main", commit: "a".repeat(40) } as const;
  const lock = withProject(newLock("test"), source, PROJECT);
  // Without a cache or a network any other way than the lock would fail.
  return expect(readProject(CONTEXT, instanceWith({}), source, lock)).resolves.toEqual(PROJECT);
});

test.each([
  ["packages", ">=3.9,<3.13", "base-python"],
  ["registry", ">=3.9,<3.13", "python:3.11.16-slim-bookworm"],
  ["registry", ">=3.12", "python:3.13.9-slim-bookworm"],
  ["registry", "~3.12", "python:3.12.12-slim-bookworm"],
] as const)("with bases from %s, Python %s gives %s", async (mode, python, image) => {
  const bases = await resolveBases(CONTEXT, instanceWith({}, mode), newLock("test"), { ...PROJECT, python });
  expect(bases.images.python).toContain(image);
});

test.each([
  ["packages", "^3.12", ["3.11.2"], ["3.13.9", "3.12.12"]],
  ["registry", "<3.10", ["3.11.16", "3.13.9", "3.12.12"], []],
] as const)("with bases from %s, Python %s is refused", async (mode, python, available, others) => {
  const instance = instanceWith({}, mode);
  const error = await userErrorOf(() => resolveBases(CONTEXT, instance, newLock("test"), { ...PROJECT, python }));
  expect(error).toMatchObject({ code: "PYTHON_UNAVAILABLE", parameters: { wanted: python, mode, available, others } });
});
