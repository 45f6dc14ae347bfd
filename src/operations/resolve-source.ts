import { cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describeWorkTree, type GitCache, listWorkTree } from "../adapters/git.ts";
import { UserError } from "../errors/user-error.ts";
import { assetFolder } from "../files/assets.ts";
import { exists } from "../files/exists.ts";
import { digestTree, listTree } from "../files/tree.ts";
import type { Instance } from "../instance/instance.ts";
import type { Lock } from "../instance/lock.ts";
import { isLeftOut, LOCK_FILES, type ResolvedSource, type WholeSource } from "../release/source.ts";
import type { Context } from "./context.ts";
import { gitCache } from "./git-key.ts";
import { requireApart } from "./require-apart.ts";

/** git's own name for what a repository's default branch is at. */
const DEFAULT_REF = "HEAD";

/**
 * Finds out which code an instance's source means. A git ref is looked up once: from then on the lock says which commit it
 * is.
 *
 * @throws UserError SOURCE_UNREACHABLE, SOURCE_REFUSED, REF_NOT_FOUND, SOURCE_NOT_BIOMAID, IMAGE_MISSING, FILE_NAME_UNREADABLE,
 *   SOURCE_KEY_MISSING, GIT_LOGIN_REFUSED, GIT_HOST_UNKNOWN, GIT_HOST_CHANGED, HOST_FOLDER_REFUSED
 */
export async function resolveSource(context: Context, instance: Instance, lock: Lock): Promise<WholeSource> {
  const { source } = instance.settings;
  if (source.image !== undefined) return resolveImage(context, source.image);
  if (source.sample) return resolveFolder(context, assetFolder("sample"), true);
  if (source.path !== undefined && source.ref === undefined) {
    await requireApart(instance, "source.path", source.path);
    return resolveFolder(context, source.path, false);
  }
  const git = source.git ?? source.path;
  if (git === undefined) throw new Error("a source without a kind");
  const ref = source.ref ?? DEFAULT_REF;
  const locked = lock.source;
  if (locked?.git === git && locked.ref === ref) return { kind: "git", ...locked };
  const commit = await (await sourceCache(context, instance, git)).resolve(ref);
  return { kind: "git", git, ref, commit };
}

/** As resolveSource; but of a folder that is mounted only what its image is made of. */
export async function resolveInstanceSource(context: Context, instance: Instance, lock: Lock): Promise<ResolvedSource> {
  const { application, source } = instance.settings;
  const { path } = source;
  if (!application.reload || path === undefined) return resolveSource(context, instance, lock);
  await requireApart(instance, "source.path", path);
  await requireBiomaid(path, path);
  return { kind: "mounted", path, digest: await digestTree(path, LOCK_FILES) };
}

/** @throws UserError SOURCE_KEY_MISSING */
export function sourceCache(context: Context, instance: Instance, git: string): Promise<GitCache> {
  return gitCache(context, instance, git, instance.settings.source.key_file);
}

/** The lock with the commit of a git source; another kind of source has none to keep. */
export function withSource({ source: _, ...lock }: Lock, source: ResolvedSource): Lock {
  if (source.kind !== "git") return lock;
  return { ...lock, source: { git: source.git, ref: source.ref, commit: source.commit } };
}

/** Writes the code of a source, and nothing else, into an empty folder: what a build gets to see. */
export async function stageSource(
  context: Context,
  instance: Instance,
  source: ResolvedSource,
  folder: string,
): Promise<void> {
  switch (source.kind) {
    case "git":
      await (await sourceCache(context, instance, source.git)).checkout(source.commit, folder);
      break;
    case "folder":
      for (const path of source.files) {
        const target = join(folder, path);
        await mkdir(dirname(target), { recursive: true });
        await cp(join(source.path, path), target, { verbatimSymlinks: true });
      }
      break;
    case "mounted":
      for (const file of LOCK_FILES) await cp(join(source.path, file), join(folder, file));
      return;
    case "image":
      return;
  }
  await requireBiomaid(source.kind === "git" ? source.git : source.path, folder);
}

/** @param source what the operator calls the code of the folder */
async function requireBiomaid(source: string, folder: string): Promise<void> {
  for (const missing of ["manage.py", "pyproject.toml", "poetry.lock"]) {
    if (!(await exists(join(folder, missing)))) throw new UserError("SOURCE_NOT_BIOMAID", { source, missing });
  }
}

async function resolveFolder(context: Context, path: string, sample: boolean): Promise<WholeSource> {
  await requireBiomaid(path, path);
  const tracked = sample ? undefined : await listWorkTree(context.processes, path);
  const files = (tracked ?? (await listTree(path, isLeftOut))).filter((file) => !isLeftOut(file)).sort();
  const digest = await digestTree(path, files);
  const commit = tracked === undefined ? undefined : await describeWorkTree(context.processes, path);
  return { kind: "folder", path, files, digest, revision: commit ?? digest, sample };
}

async function resolveImage(context: Context, image: string): Promise<WholeSource> {
  const docker = await context.docker();
  let id = await docker.imageId(image);
  if (id === undefined) {
    await context.progress.step("pull", image, () => context.processes.run("docker", ["pull", "--quiet", image]));
    id = await docker.imageId(image);
  }
  if (id === undefined) throw new UserError("IMAGE_MISSING", { image });
  return { kind: "image", image, id };
}
