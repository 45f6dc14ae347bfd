import { chmod, cp, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { exists } from "../files/exists.ts";
import { writeAtomic } from "../files/write-atomic.ts";
import type { DocsFormat } from "../release/build-plan.ts";

/** What the documentation of one format was built from. */
interface Origin {
  version: string;
  revision: string;
}

/** The file that tells a folder of ours from one that happens to have the same name. */
const MARK = "documentation.json";

const MADE_BY = "biomaid-compose docs";

/**
 * Makes sure that nothing of somebody else's is overwritten.
 *
 * @throws UserError DOCS_FOLDER_TAKEN
 */
export async function requireDocumentationFolder(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (entries.length > 0 && (await readMark(folder)) === undefined)
    throw new UserError("DOCS_FOLDER_TAKEN", { folder });
}

/**
 * Puts what was built in the place of what an earlier command built; a format that was not built now stays as it is. The
 * folder itself stays, too: web has it mounted.
 *
 * @param built the folder of each format
 */
export async function writeDocumentation(
  folder: string,
  built: ReadonlyMap<DocsFormat, string>,
  origin: Origin,
): Promise<void> {
  const formats = [...built.keys()];
  await makeDocumentationFolder(folder);
  const before = (await readMark(folder)) ?? {};
  // First, and under other names: a full disk leaves what is there.
  await writeMark(folder, before);
  try {
    for (const [format, from] of built) {
      await rm(draftOf(folder, format), { recursive: true, force: true });
      await cp(from, draftOf(folder, format), { recursive: true });
      await chmod(draftOf(folder, format), 0o755);
    }
  } catch (error) {
    for (const format of formats) await rm(draftOf(folder, format), { recursive: true, force: true });
    throw error;
  }
  for (const format of formats) await replaceFolder(join(folder, format), draftOf(folder, format));
  await writeMark(folder, { ...before, ...Object.fromEntries(formats.map((format) => [format, origin])) });
}

/** Open to the user of web, whatever the operator's umask. */
export async function makeDocumentationFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  if (made !== undefined) await chmod(folder, 0o755);
}

/** Whether there are HTML pages for web to serve. */
export async function hasPages(folder: string): Promise<boolean> {
  return exists(join(folder, "html", "index.html"));
}

function draftOf(folder: string, format: DocsFormat): string {
  return join(folder, `${format}.new`);
}

async function replaceFolder(target: string, draft: string): Promise<void> {
  const former = `${target}.old`;
  await rm(former, { recursive: true, force: true });
  if (await exists(target)) await rename(target, former);
  await rename(draft, target);
  await rm(former, { recursive: true, force: true });
}

type Mark = Partial<Record<DocsFormat, Origin>>;

async function readMark(folder: string): Promise<Mark | undefined> {
  const text = await readFile(join(folder, MARK), "utf8").catch(() => "");
  try {
    const { made_by, ...mark } = JSON.parse(text) as Mark & { made_by?: unknown };
    return made_by === MADE_BY ? mark : undefined;
  } catch {
    return undefined;
  }
}

async function writeMark(folder: string, mark: Mark): Promise<void> {
  await writeAtomic(join(folder, MARK), `${JSON.stringify({ made_by: MADE_BY, ...mark }, null, 2)}\n`);
}
