import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { buildFiles } from "../adapters/builder.ts";
import { withFolderLock } from "../adapters/file-lock.ts";
import { UserError } from "../errors/user-error.ts";
import { onDiskOf } from "../files/disk-space.ts";
import { exists } from "../files/exists.ts";
import { describeSource, type Instance, openInstance } from "../instance/instance.ts";
import { sourceLocal } from "../instance/local.ts";
import { requireLock, writeLock } from "../instance/lock.ts";
import { type DocsFormat, docsPlan, type FilesPlan } from "../release/build-plan.ts";
import { sourceVersion } from "../release/source.ts";
import { buildError } from "./build-error.ts";
import { type Builds, withBuilds } from "./build-images.ts";
import type { Context } from "./context.ts";
import { requireDocumentationFolder, writeDocumentation } from "./documentation-folder.ts";
import { documentationUrl } from "./instance-address.ts";
import { operatorFolders } from "./operator-folders.ts";
import { removePrivateFolders } from "./private-folder.ts";
import { readProject } from "./read-project.ts";
import { requireTools } from "./require-tools.ts";
import { resolveBases } from "./resolve-bases.ts";
import { checkOutLocal, resolveLocal } from "./resolve-local.ts";
import { resolveSource, withSource } from "./resolve-source.ts";

export interface DocsOptions {
  formats: readonly DocsFormat[];
  /** Absolute; the instance's own folder `documentation` unless given. */
  output: string | undefined;
}

/** What was built, and where it is. */
export interface Documentation {
  name: string;
  version: string;
  revision: string;
  folder: string;
  /** The first page; null when HTML was not asked for. */
  html: string | null;
  pdf: string[];
  /** Where web serves it when the instance is up; null when it does not. */
  url: string | null;
}

/**
 * Builds the documentation that the application's code has, from the commit that the lock names. Neither the instance nor
 * its database has to run, and a build that fails changes nothing.
 *
 * @throws UserError DOCS_FOLDER_TAKEN, DOCS_MISSING, DOCS_NEED_CODE, DOCS_FAILED, INSTANCE_BUSY, LOCK_MISSING, LOCAL_MISSING,
 *   those of the source, and those of a build
 */
export async function docs(context: Context, name: string, { formats, output }: DocsOptions): Promise<Documentation> {
  const instance = await openInstance(context.home, name);
  const { paths } = instance;
  const folder = output ?? paths.documentation;
  await requireDocumentationFolder(folder);
  await requireTools(context);
  return withFolderLock(context.processes, paths.folder, async () => {
    const before = await requireLock(paths.lock);
    await removePrivateFolders(before.uuid);
    const lock = await resolveLocal(context, instance, before);
    await checkOutLocal(context, instance, lock);
    const source = await resolveSource(context, instance, lock);
    if (source.kind === "image") throw new UserError("DOCS_NEED_CODE", { name, image: source.image });
    const bases = await resolveBases(context, instance, lock, await readProject(context, instance, source, lock));
    // What an `up` has resolved stays: it is what runs.
    const known = lock.source === undefined ? withSource(lock, source) : lock;
    const found = { ...bases, images: { ...bases.images } };
    await writeLock(paths.lock, { ...known, bases: lock.bases ?? found });

    const revision = source.kind === "git" ? source.commit : source.revision;
    const version = sourceVersion(source);
    const { local } = await operatorFolders(instance, lock);
    const pdf = await withBuilds(context, instance, lock.uuid, bases, ["python"], async (builds) => {
      const sourceFolder = await builds.stage(source);
      if (!(await exists(join(sourceFolder, "docs", "conf.py"))))
        throw new UserError("DOCS_MISSING", { source: describeSource(instance), missing: "docs/conf.py" });
      const ofSource = sourceLocal(instance);
      const localDocs = await localDocumentation(local, builds.folder);
      const built = new Map(formats.map((format) => [format, join(builds.folder, format)]));
      for (const [format, target] of built) {
        const plan = docsPlan(format, bases, sourceFolder, ofSource, localDocs, target);
        await buildFormat(context, instance, format, plan, builds);
      }
      await onDiskOf(folder, () => writeDocumentation(folder, built, { version, revision }));
      const documents = built.get("pdf");
      return documents === undefined ? [] : (await readdir(documents)).sort();
    });
    const html = formats.includes("html") ? join(folder, "html", "index.html") : null;
    const url = html !== null && output === undefined ? (documentationUrl(instance) ?? null) : null;
    return { name, version, revision, folder, html, pdf: pdf.map((file) => join(folder, "pdf", file)), url };
  });
}

async function buildFormat(
  context: Context,
  instance: Instance,
  format: DocsFormat,
  plan: FilesPlan,
  { secrets }: Builds,
): Promise<void> {
  await context.progress.step("docs", format, async (detail) => {
    const { exitStatus, lines } = await buildFiles(context.processes, plan, secrets, detail);
    if (exitStatus === 0) return;
    const error = await buildError(context, "docs", instance, lines);
    if (error.code !== "BUILD_FAILED") throw error;
    const { lines: last } = error.parameters as { lines: string[] };
    throw new UserError("DOCS_FAILED", { format, source: describeSource(instance), lines: last });
  });
}

/** What the site's own folder adds; nothing else of it gets into the build. */
async function localDocumentation(local: string | undefined, folder: string): Promise<string> {
  const own = local && join(local, "docs");
  if (own && (await exists(own))) return own;
  const empty = join(folder, "no-local-docs");
  await mkdir(empty);
  return empty;
}
