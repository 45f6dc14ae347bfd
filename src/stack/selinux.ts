/** The categories of SELinux's MCS policy: c0 to c1023. */
const CATEGORIES = 1024;

/**
 * The option that gives all containers of an instance one SELinux level, in place of one that the engine draws for each. web
 * connects to a socket of app's, and they read each other's files on the volumes: with levels of their own, SELinux keeps
 * them apart. Other containers have other categories. An engine without SELinux takes no notice of it.
 *
 * @param uuid of the instance
 */
export function selinuxLevel(uuid: string): string {
  const digits = uuid.replaceAll("-", "");
  const first = Number.parseInt(digits.slice(0, 8), 16) % CATEGORIES;
  const other = Number.parseInt(digits.slice(-8), 16) % (CATEGORIES - 1);
  // Two different ones, the smaller first, as SELinux writes them.
  const second = other < first ? other : other + 1;
  return `label=level:s0:c${Math.min(first, second)},c${Math.max(first, second)}`;
}
