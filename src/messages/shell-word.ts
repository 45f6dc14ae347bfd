/** A path as it can be pasted into a shell. POSIX shell, 2.2.2: within single quotes every character stands for itself. */
export function shellWord(path: string): string {
  return /^[A-Za-z0-9_./+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
