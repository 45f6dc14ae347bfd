import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onDiskOf } from "../files/disk-space.ts";

/**
 * Gives the work a folder that only this user can read, and removes it afterwards, whatever happens.
 *
 * @param uuid of the instance, whose folder is locked meanwhile: the next command knows from it what a killed one has left
 */
export async function withPrivateFolder<T>(uuid: string, work: (folder: string) => Promise<T>): Promise<T> {
  return onDiskOf(tmpdir(), async () => {
    const folder = await mkdtemp(join(tmpdir(), prefixOf(uuid)));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Removes the folders, with the host's proxy and the like in them, that killed commands on this instance have left. */
export async function removePrivateFolders(uuid: string): Promise<void> {
  const left = (await readdir(tmpdir())).filter((name) => name.startsWith(prefixOf(uuid)));
  // Another user's, of that name by mischief, is not ours to remove.
  for (const name of left) await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
}

function prefixOf(uuid: string): string {
  return `biomaid-compose-${uuid}-`;
}
