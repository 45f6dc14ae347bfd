import type { Stats } from "node:fs";

/**
 * Whether a user may do something with a file. POSIX, XBD 4.7: the bits of the owner, else those of the group, else those
 * of all others decide.
 *
 * @param user the numbers of user and group, as in `10001:10001`
 * @param wanted the bits of what is to be done: 4 to read, 2 to write, 1 to search
 */
export function permits({ uid, gid, mode }: Stats, user: string, wanted: number): boolean {
  const [owner, group] = user.split(":").map(Number);
  const shift = uid === owner ? 6 : gid === group ? 3 : 0;
  return ((mode >> shift) & wanted) === wanted;
}
