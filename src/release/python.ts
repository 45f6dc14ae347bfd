import { satisfies as satisfiesPep440 } from "@renovatebot/pep440";
import { satisfies as satisfiesSemver, validRange } from "semver";

/**
 * Whether a constraint allows a version of Python. Poetry's notation (https://python-poetry.org/docs/dependency-specification/)
 * is that of PEP 440 with the caret, the tilde and the wildcard of npm: each condition goes to the library that knows it.
 *
 * @param version with three numbers
 * @returns true, too, for what neither library can read: Poetry itself has the last word when it installs
 */
export function allowsPython(constraint: string, version: string): boolean {
  return constraint
    .split(/\|\|?/)
    .some((alternative) => conditionsOf(alternative).every((one) => allows(one, version)));
}

function conditionsOf(alternative: string): string[] {
  // `>= 3.9, < 3.13` and `>=3.9 <3.13` are the same.
  const joined = alternative.replace(/([<>=!~^])\s+/g, "$1");
  return joined.split(/[\s,]+/).filter((condition) => condition !== "");
}

function allows(condition: string, version: string): boolean {
  if (/^(\^|~(?!=)|\d*\.?\*|\d[\d.]*\*)/.test(condition))
    return validRange(condition) === null || satisfiesSemver(version, condition);
  return satisfiesPep440(version, /^\d/.test(condition) ? `==${condition}` : condition);
}
