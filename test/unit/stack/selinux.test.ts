import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { selinuxLevel } from "../../../src/stack/selinux.ts";

test.each(Array.from({ length: 200 }, () => randomUUID()))("the level of %s has two categories in order", (uuid) => {
  const [, first = "", second = ""] = /^label=level:s0:c(\d+),c(\d+)$/.exec(selinuxLevel(uuid)) ?? [];
  expect(Number(first)).toBeLessThan(Number(second));
  expect(Number(second)).toBeLessThan(1024);
  expect(selinuxLevel(uuid)).toBe(selinuxLevel(uuid));
});

test("another instance has another level; no two digits of a UUID make one that is not allowed", () => {
  const levels = [
    "00000000-0000-4000-8000-000000000000",
    "00000001-0000-4000-8000-000000000000",
    "ffffffff-ffff-4fff-bfff-ffffffffffff",
  ].map(selinuxLevel);
  expect(levels).toEqual(["label=level:s0:c0,c1", "label=level:s0:c0,c1", "label=level:s0:c3,c1023"]);
});
