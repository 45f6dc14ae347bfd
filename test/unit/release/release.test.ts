import { describe, expect, test } from "vitest";
import { PROFILES } from "../../../src/instance/profiles.ts";
import { packagesBases, registryBases } from "../../../src/release/bases.ts";
import { type Release, releaseOf } from "../../../src/release/release.ts";
import type { ResolvedSource } from "../../../src/release/source.ts";

type Inputs = Parameters<typeof releaseOf>;

const GIT: ResolvedSource = { kind: "git", git: "https://h/x", ref: "stable", commit: "a".repeat(40) };
const APPLICATION = { ...PROFILES.demo.application, groups: ["dev", "docs"], extras: ["ldap", "oracle"] };
const BASES = registryBases();
const RECIPES = { biomaid: "1", nginx: "2", postgres: "3", mail: "4" };
const INPUTS: Inputs = [GIT, APPLICATION, BASES, RECIPES];

function withBase(name: keyof typeof BASES.images): typeof BASES {
  return { ...BASES, images: { ...BASES.images, [name]: "other:1" } };
}

/** What of a release differs from the one made from INPUTS. */
function changesWith(...inputs: Inputs): string[] {
  const [before, after] = [releaseOf(...INPUTS), releaseOf(...inputs)];
  const parts = (release: Release): Record<string, string> => ({ key: release.key, ...release.images });
  return Object.keys(parts(before)).filter((part) => parts(before)[part] !== parts(after)[part]);
}

describe("a release is another one", () => {
  test.each<[string, Inputs, string[]]>([
    ["commit", [{ ...GIT, commit: "b".repeat(40) }, APPLICATION, BASES, RECIPES], ["key", "app"]],
    ["group", [GIT, { ...APPLICATION, groups: ["dev"] }, BASES, RECIPES], ["key", "app"]],
    ["extra", [GIT, { ...APPLICATION, extras: [] }, BASES, RECIPES], ["key", "app"]],
    [
      "extra that was a group",
      [GIT, { ...APPLICATION, groups: ["dev"], extras: ["docs", "ldap", "oracle"] }, BASES, RECIPES],
      ["key", "app"],
    ],
    ["Python base", [GIT, APPLICATION, withBase("python"), RECIPES], ["key", "app", "mail"]],
    ["Go base", [GIT, APPLICATION, withBase("go"), RECIPES], ["key", "app"]],
    ["nginx base", [GIT, APPLICATION, withBase("nginx"), RECIPES], ["web"]],
    ["PostgreSQL base", [GIT, APPLICATION, withBase("postgres"), RECIPES], ["db"]],
    ["application recipe", [GIT, APPLICATION, BASES, { ...RECIPES, biomaid: "x" }], ["key", "app"]],
    ["nginx recipe", [GIT, APPLICATION, BASES, { ...RECIPES, nginx: "x" }], ["web"]],
    ["PostgreSQL recipe", [GIT, APPLICATION, BASES, { ...RECIPES, postgres: "x" }], ["db"]],
    ["mail recipe", [GIT, APPLICATION, BASES, { ...RECIPES, mail: "x" }], ["mail"]],
    ["mode", [GIT, APPLICATION, packagesBases("0".repeat(64)), RECIPES], ["key", "app", "web", "db", "mail"]],
  ])("with another %s", (_, inputs, changed) => {
    expect(changesWith(...inputs)).toEqual(changed);
  });
});

describe("a release is the same one", () => {
  test.each<[string, Inputs]>([
    ["the same inputs", structuredClone(INPUTS)],
    ["groups in another order", [GIT, { ...APPLICATION, groups: ["docs", "dev"] }, BASES, RECIPES]],
    ["extras in another order", [GIT, { ...APPLICATION, extras: ["oracle", "ldap"] }, BASES, RECIPES]],
    ["other settings", [GIT, { ...APPLICATION, workers: 9, debug: true, fixtures: [] }, BASES, RECIPES]],
    ["the commit from another address", [{ ...GIT, git: "https://mirror/x" }, APPLICATION, BASES, RECIPES]],
  ])("with %s", (_, inputs) => {
    expect(changesWith(...inputs)).toEqual([]);
  });

  test("and leaves the settings in their order", () => {
    const application = { ...APPLICATION, groups: ["z", "a"] };
    releaseOf(GIT, application, BASES, RECIPES);
    expect(application.groups).toEqual(["z", "a"]);
  });
});

test("two refs of one commit have one key, and each its name in the tag", () => {
  const other = releaseOf({ ...GIT, ref: "main" }, APPLICATION, BASES, RECIPES);
  expect(other.key).toBe(releaseOf(...INPUTS).key);
  expect(other.images.app).toMatch(/^biomaid-compose\/biomaid:main-[0-9a-f]{12}$/);
});

test.each(["stable", "feature/login+é", "@", "/", "..x", "-", "é", "v".repeat(300), "v0.15_rc.1"])(
  "the tags for the ref %j are valid",
  (ref) => {
    const { images } = releaseOf({ ...GIT, ref }, APPLICATION, BASES, RECIPES);
    // distribution/reference, regexp.go: [\w][\w.-]{0,127}
    for (const image of Object.values(images)) expect(image).toMatch(/^biomaid-compose\/[a-z]+:[\w][\w.-]{0,127}$/);
  },
);

test("a ready image is its own release: its ID is the key, and its name stays", () => {
  const source: ResolvedSource = { kind: "image", image: "site/biomaid:1", id: `sha256:${"c".repeat(64)}` };
  const release = releaseOf(source, APPLICATION, BASES, RECIPES);
  expect(release).toMatchObject({ key: "c".repeat(64), version: "image", images: { app: "site/biomaid:1" } });
});

test("a folder is known by the digest of its files, whatever people call it", () => {
  const source: ResolvedSource = {
    kind: "folder",
    path: "/x",
    files: ["manage.py"],
    digest: "d".repeat(64),
    revision: `${"c".repeat(40)}-dirty`,
    sample: true,
  };
  const release = releaseOf(source, APPLICATION, BASES, RECIPES);
  expect(release).toMatchObject({ revision: source.revision, version: "sample" });
  expect(releaseOf({ ...source, revision: "c".repeat(40) }, APPLICATION, BASES, RECIPES).key).toBe(release.key);
  expect(releaseOf({ ...source, digest: "e".repeat(64) }, APPLICATION, BASES, RECIPES).key).not.toBe(release.key);
});
