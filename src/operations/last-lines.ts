/** How many of a failed program's last lines are shown: a Django traceback fits, and pip's and apt's own explanation. */
export const SHOWN_LINES = 25;

export function lastLines(output: string): string[] {
  return output.trim().split("\n").slice(-SHOWN_LINES);
}
