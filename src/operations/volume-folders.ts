import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { UserError } from "../errors/user-error.ts";
import { overlap, withoutLinks } from "../files/below.ts";
import { permits } from "../files/permits.ts";
import { DATA_NAMES, type DataName } from "../instance/data-places.ts";
import type { Instance } from "../instance/instance.ts";
import type { Lock } from "../instance/lock.ts";
import { MARKER, type StackInput, USERS } from "../stack/input.ts";
import { selinuxLevel } from "../stack/selinux.ts";
import type { Context } from "./context.ts";

const OWNERS: Record<DataName, string> = { database: USERS.db, media: USERS.app };

/**
 * Looks at the folders of `volumes` as far as this user can, before the long work: that they are there, and whose they are.
 * Nothing of them is changed.
 *
 * @throws UserError VOLUME_FOLDER_MISSING, VOLUME_FOLDER_REFUSED, VOLUME_FOLDER_CLOSED
 */
export async function requireVolumeFolders(context: Context, instance: Instance): Promise<void> {
  const given = foldersOf(instance);
  if (given.length === 0) return;
  const mapped = await (await context.docker()).mapsUsers();
  for (const { data, folder } of given) {
    const where = { setting: `volumes.${data}`, folder, path: instance.paths.file };
    const owner = mapped ? undefined : OWNERS[data];
    const status = await stat(folder).catch((error: NodeJS.ErrnoException) => error);
    if (status instanceof Error) {
      // What is not to be seen from here, the engine sees.
      if (status.code === "EACCES") continue;
      throw new UserError("VOLUME_FOLDER_MISSING", { ...where, owner });
    }
    if (!status.isDirectory()) throw new UserError("VOLUME_FOLDER_MISSING", { ...where, owner });
    if (await isAround(instance.paths.folder, folder)) throw new UserError("VOLUME_FOLDER_REFUSED", where);
    if (owner !== undefined && !permits(status, owner, 0o7))
      throw new UserError("VOLUME_FOLDER_CLOSED", { ...where, owner, detail: ownerOf(status) });
  }
}

/** A folder that no instance can have: its data would lie among the instance's own files, or these among the data. */
async function isAround(own: string, folder: string): Promise<boolean> {
  return overlap(await withoutLinks(own), await withoutLinks(folder));
}

function ownerOf({ uid, gid, mode }: Stats): string {
  return `${uid}:${gid}, ${(mode & 0o777).toString(8)}`;
}

/** Runs in the folder, as the user that will: $1 is the instance's UUID, $2 is "claim" where a folder without a mark may be taken. */
const LOOK = `
host_id() {
  while read -r inside outside count; do
    if (($1 >= inside && $1 < inside + count)); then echo $((outside + $1 - inside)); return; fi
  done <"/proc/self/$2"
}
echo "owner $(host_id "$(id -u)" uid_map):$(host_id "$(id -g)" gid_map)"
if ! error=$({ cd /folder && : >${MARKER}.new && rm ${MARKER}.new; } 2>&1); then
  echo "refused \${error##*: }"
  exit
fi
cd /folder
echo "filesystem $(stat -f -c %T .)"
if [ ! -e ${MARKER} ] && [ "$2" = claim ]; then
  umask 077
  printf '%s\\n' "$1" >${MARKER}.new
  mv ${MARKER}.new ${MARKER}
fi
[ ! -e ${MARKER} ] || echo "marker $(head -n 1 ${MARKER})"
`;

/** File systems of a network, as stat(1) names them. */
const OF_A_NETWORK = /^(nfs|smb|cifs|afs|ceph|coda|gfs|gpfs|lustre|ocfs|v9fs|fuse)/;

/**
 * Looks at the folders of `volumes` from containers like those that will use them, and puts the instance's mark into those
 * that have none.
 *
 * @param moved whether the folder may be another one than before
 * @returns whether the database is on the file system of a network
 * @throws UserError VOLUME_FOLDER_MISSING, VOLUME_FOLDER_CLOSED, VOLUME_FOLDER_FOREIGN, VOLUME_FOLDER_EMPTY
 */
export async function claimVolumeFolders(
  context: Context,
  { instance, release, uuid }: StackInput,
  lock: Lock,
  moved: boolean,
): Promise<{ onNetwork: boolean }> {
  const images: Record<DataName, string> = { database: release.images.db, media: release.images.app };
  let onNetwork = false;
  for (const { data, folder } of foldersOf(instance)) {
    const where = { setting: `volumes.${data}`, folder, path: instance.paths.file };
    const isNew = moved || lock.data?.[data] !== folder;
    const command = ["bash", "-c", LOOK, "bash", uuid, isNew ? "claim" : ""];
    const docker = await context.docker();
    // With a level of its own, SELinux would keep the mark from the instance's containers.
    const result = await docker.runInFolder(images[data], OWNERS[data], folder, command, selinuxLevel(uuid));
    if (result === undefined) throw new UserError("VOLUME_FOLDER_MISSING", { ...where, owner: undefined });
    const lines = result.output.matchAll(/^(\w+) (.*)$/gm);
    const said = new Map([...lines].map(([, word = "", value = ""]) => [word, value]));
    const refused = said.get("refused") ?? (result.exitStatus === 0 ? undefined : result.errors.trim());
    if (refused !== undefined)
      throw new UserError("VOLUME_FOLDER_CLOSED", { ...where, owner: said.get("owner") ?? "", detail: refused });
    const marker = said.get("marker");
    if (marker === undefined) throw new UserError("VOLUME_FOLDER_EMPTY", { ...where, name: instance.name });
    if (marker !== uuid) throw new UserError("VOLUME_FOLDER_FOREIGN", { ...where, file: `${folder}/${MARKER}` });
    onNetwork ||= data === "database" && OF_A_NETWORK.test(said.get("filesystem") ?? "");
  }
  return { onNetwork };
}

function foldersOf({ settings: { volumes } }: Instance): { data: DataName; folder: string }[] {
  return DATA_NAMES.flatMap((data) => {
    const folder = volumes[data];
    return folder === undefined ? [] : [{ data, folder }];
  });
}
