import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TomlError } from "smol-toml";
import { UserError } from "../errors/user-error.ts";
import { nearest } from "../instance/diagnostics.ts";
import { describeSource, type Instance } from "../instance/instance.ts";
import type { Lock } from "../instance/lock.ts";
import { type Project, parseProject } from "../release/project.ts";
import type { ResolvedSource } from "../release/source.ts";
import type { Context } from "./context.ts";
import { sourceCache } from "./resolve-source.ts";

const FILE = "pyproject.toml";

/**
 * What a source's pyproject.toml says. That of a commit never changes: the lock remembers it, so that an instance whose
 * images are there starts without its repository.
 *
 * @returns undefined for a ready image, in which all is installed
 * @throws UserError SOURCE_NOT_BIOMAID, PYPROJECT_INVALID, and those of the source
 */
export async function readProject(
  context: Context,
  instance: Instance,
  source: ResolvedSource,
  lock: Lock,
): Promise<Project | undefined> {
  switch (source.kind) {
    case "image":
      return undefined;
    case "folder":
    case "mounted":
      return parsed(source.path, await readFile(join(source.path, FILE), "utf8"));
    case "git": {
      const { project } = lock;
      if (project?.commit === source.commit) {
        const { groups, extras, python } = project;
        return { groups, extras, python };
      }
      const text = await (await sourceCache(context, instance, source.git)).read(source.commit, FILE);
      if (text === undefined) throw new UserError("SOURCE_NOT_BIOMAID", { source: source.git, missing: FILE });
      return parsed(source.git, text);
    }
  }
}

/** The lock with what is known of a commit's project. */
export function withProject(lock: Lock, source: ResolvedSource, project: Project | undefined): Lock {
  const { project: _, ...rest } = lock;
  if (source.kind !== "git" || project === undefined) return rest;
  const { python, ...names } = project;
  return { ...rest, project: { commit: source.commit, ...names, ...(python === undefined ? {} : { python }) } };
}

/**
 * Makes sure that the Poetry groups and extras of the settings are some that the source has.
 *
 * @throws UserError DEPENDENCIES_UNKNOWN, IMAGE_FIXED
 */
export function requireDependencies(instance: Instance, project: Project | undefined): void {
  const { groups, extras } = instance.settings.application;
  const path = instance.paths.file;
  for (const [setting, wanted] of [
    ["application.groups", groups],
    ["application.extras", extras],
  ] as const) {
    if (wanted.length === 0) continue;
    if (project === undefined) throw new UserError("IMAGE_FIXED", { path, setting, source: describeSource(instance) });
    const known = setting === "application.groups" ? project.groups : project.extras;
    const name = wanted.find((word) => !known.includes(word));
    if (name === undefined) continue;
    const suggestion = nearest(name, known);
    throw new UserError("DEPENDENCIES_UNKNOWN", {
      path,
      setting,
      name,
      suggestion,
      known,
      source: describeSource(instance),
    });
  }
}

function parsed(source: string, text: string): Project {
  try {
    return parseProject(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [detail = ""] = cause.message.split("\n");
    throw new UserError("PYPROJECT_INVALID", { source, line: cause.line, column: cause.column, detail }, { cause });
  }
}
