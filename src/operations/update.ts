import { withFolderLock } from "../adapters/file-lock.ts";
import { UserError } from "../errors/user-error.ts";
import { onDiskOf } from "../files/disk-space.ts";
import { writeAtomic } from "../files/write-atomic.ts";
import { parseInstanceFile } from "../instance/document.ts";
import { withSetting } from "../instance/edit.ts";
import { describeSource, type Instance, readInstance, toInstance } from "../instance/instance.ts";
import { type Lock, writeLock } from "../instance/lock.ts";
import { PROFILES } from "../instance/profiles.ts";
import { type Release, releaseOf } from "../release/release.ts";
import { buildImages, readRecipes } from "./build-images.ts";
import type { Context } from "./context.ts";
import { requireFitting } from "./local-fit.ts";
import { compareMigrations } from "./migrations.ts";
import { requireReadableFolders } from "./operator-folders.ts";
import { oracleClient } from "./oracle-client.ts";
import { databaseRuns, type Project, requireOwnProject } from "./ownership.ts";
import { readProject, requireDependencies, withProject } from "./read-project.ts";
import { requireStartable } from "./require-startable.ts";
import { requireTools } from "./require-tools.ts";
import { resolveBases } from "./resolve-bases.ts";
import { checkOutLocal, resolveLocal } from "./resolve-local.ts";
import { resolveSource } from "./resolve-source.ts";
import { type UpResult, up } from "./up.ts";

export interface UpdateOptions {
  /** Another branch, tag or commit, for instance.yaml. */
  ref?: string | undefined;
  /** Find out and say, but change nothing. */
  check: boolean;
}

/** What an update came to, or would come to. */
export interface UpdateResult {
  name: string;
  /** `available`: an update without `check` takes it. `unversioned`: the source is no git ref. */
  outcome: "updated" | "available" | "current" | "unversioned";
  source: string;
  /** The commit before, and the one after; null where there is none. */
  from: string | null;
  to: string | null;
  /** What the instance is now, after an update. */
  up: UpResult | null;
}

/**
 * Moves an instance to the commit that its source's ref means now, or to another ref, if that has no migration that the
 * database lacks, nor lacks one that the database has. Otherwise nothing at all is changed.
 *
 * The commit of the local folder's own repository stays (local-update.ts).
 *
 * @throws UserError UPDATE_NEEDS_UPGRADE, UPDATE_TO_OLDER, UPDATE_CHECK_FAILED, INSTANCE_DOWN, SETTING_REFUSED,
 *   INSTANCE_FILE_ALIASES, INSTANCE_BUSY, and those of `up`
 */
export async function update(context: Context, name: string, options: UpdateOptions): Promise<UpdateResult> {
  const { paths } = await readInstance(context.home, name);
  await requireTools(context);
  const result = await onDiskOf(paths.folder, () =>
    withFolderLock(context.processes, paths.folder, () => prepare(context, name, options)),
  );
  // Killed before its end, this leaves what the next `up`, or `update`, goes on with.
  return result.outcome === "updated" ? { ...result, up: await up(context, name, {}) } : result;
}

/** All of an update but the start of the new release. */
async function prepare(context: Context, name: string, { ref, check }: UpdateOptions): Promise<UpdateResult> {
  const { instance, text, before } = await withRef(context, name, ref);
  const project = await requireOwnProject(context, instance);
  const { lock } = project;
  const { source: locked, ...unlocked } = lock;
  const source = await resolveSource(context, instance, unlocked);
  const result = { name, source: describeSource(instance), from: locked?.commit ?? null, up: null };
  if (source.kind !== "git") return { ...result, outcome: "unversioned", from: null, to: null };

  const { git, commit } = source;
  const code = await readProject(context, instance, source, lock);
  requireDependencies(instance, code);
  const local = await resolveLocal(context, instance, lock);
  let next: Lock = withProject({ ...local, source: { git, ref: source.ref, commit } }, source, code);
  const bases = await resolveBases(context, instance, lock, code);
  const recipes = await readRecipes();
  const release = releaseOf(source, instance.settings.application, bases, recipes, await oracleClient(instance));
  const sameCode = locked?.git === git && locked.commit === commit;
  if (sameCode && locked.ref === source.ref && (check || isInService(project, release)))
    return { ...result, outcome: "current", to: commit };

  await requireStartable(context, instance, project, false);
  if (!sameCode) {
    if (!databaseRuns(instance, project)) throw new UserError("INSTANCE_DOWN", { name });
    await buildImages(context, instance, lock.uuid, source, bases, release, recipes);
    await checkOutLocal(context, instance, next);
    await requireReadableFolders(instance, next);
    next = await requireFitting(context, instance, release, next);
    await requireSameMigrations(context, instance, release, next);
  }
  if (check) return { ...result, outcome: "available", to: commit };
  if (text !== before) await writeAtomic(instance.paths.file, text);
  await writeLock(instance.paths.lock, next);
  return { ...result, outcome: "updated", to: commit };
}

/** The instance as it is with another ref, and the text of its file before and after. */
async function withRef(
  context: Context,
  name: string,
  ref: string | undefined,
): Promise<{ instance: Instance; text: string; before: string }> {
  const { paths, text: before } = await readInstance(context.home, name);
  const file = parseInstanceFile(before, paths.file);
  const [setting, value] =
    file.source === undefined ? [["source"], { ...PROFILES[file.profile].source, ref }] : [["source", "ref"], ref];
  const unchanged = ref === undefined || toInstance(name, paths, file).settings.source.ref === ref;
  const text = unchanged ? before : withSetting(before, paths.file, setting, value);
  return { instance: toInstance(name, paths, parseInstanceFile(text, paths.file)), text, before };
}

/** Whether no container is of another release: an update that was interrupted is gone on with. */
function isInService({ containers }: Project, release: Release): boolean {
  const app = containers.find(({ service }) => service === "app");
  return app === undefined || app.image === release.images.app;
}

async function requireSameMigrations(
  context: Context,
  instance: Instance,
  release: Release,
  lock: Lock,
): Promise<void> {
  const { name } = instance;
  const { version } = release;
  const { missing, unknown } = await context.progress.step("migrations", version, () =>
    compareMigrations(context, instance, release, lock),
  );
  if (unknown.length > 0) throw new UserError("UPDATE_TO_OLDER", { name, version, lines: unknown });
  if (missing.length > 0) throw new UserError("UPDATE_NEEDS_UPGRADE", { name, version, lines: missing });
}
