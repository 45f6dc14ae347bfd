import { describe, expect, test } from "vitest";
import { newLock } from "../../../src/instance/lock.ts";
import type { InstanceFile } from "../../../src/instance/schema.ts";
import { requireSamePlaces, withPlaces } from "../../../src/operations/data-places.ts";
import { instanceOf, userErrorOf } from "../support.ts";

type Settings = Pick<InstanceFile, "database" | "volumes">;

const LOCK = newLock("test");
const SERVER: Settings = { database: { host: "db.example.org", password_file: "postgresql" } };
const FOLDERS: Settings = { volumes: { media: "/data/media", database: "/data/db" } };
const VOLUMES = ["biomaid-ci_postgresql-14", "biomaid-ci_media"].map((name) => ({ name, uuid: LOCK.uuid }));

const instanceWith = (settings: Settings) =>
  instanceOf({ profile: "ci", application: { outgoing: true }, ...settings });

describe("an instance's data", () => {
  test.each<[string, Settings]>([
    ["a server", SERVER],
    ["folders", FOLDERS],
    ["volumes", {}],
  ])("may be anywhere at first (%s), and stay there", (_, settings) => {
    const instance = instanceWith(settings);
    requireSamePlaces(instance, LOCK, []);
    requireSamePlaces(instance, withPlaces(LOCK, instance), []);
  });

  test.each<[string, Settings, Settings, string, string[]]>([
    [
      "volumes to a server",
      {},
      SERVER,
      "DATABASE_ELSEWHERE",
      ["biomaid-ci_postgresql-14", "db.example.org:5432/biomaid"],
    ],
    [
      "a server to volumes",
      SERVER,
      {},
      "DATABASE_ELSEWHERE",
      ["db.example.org:5432/biomaid", "biomaid-ci_postgresql-14"],
    ],
    [
      "a server to another database of it",
      SERVER,
      { database: { host: "db.example.org", name: "other", password_file: "postgresql" } },
      "DATABASE_ELSEWHERE",
      ["db.example.org:5432/biomaid", "db.example.org:5432/other"],
    ],
    ["volumes to folders", {}, FOLDERS, "FILES_ELSEWHERE", ["biomaid-ci_postgresql-14", "/data/db"]],
    ["folders to volumes", FOLDERS, {}, "FILES_ELSEWHERE", ["/data/db", "biomaid-ci_postgresql-14"]],
    ["folders to a server", FOLDERS, SERVER, "DATABASE_ELSEWHERE", ["/data/db", "db.example.org:5432/biomaid"]],
    ["a server to folders", SERVER, FOLDERS, "DATABASE_ELSEWHERE", ["db.example.org:5432/biomaid", "/data/db"]],
    [
      "a folder to another",
      FOLDERS,
      { volumes: { ...FOLDERS.volumes, media: "/m" } },
      "FILES_ELSEWHERE",
      ["/data/media", "/m"],
    ],
  ])("do not go from %s by a change of the settings", async (_, before, after, code, places) => {
    const lock = withPlaces(LOCK, instanceWith(before));
    const error = await userErrorOf(() => requireSamePlaces(instanceWith(after), lock, VOLUMES));
    expect(error.code).toBe(code);
    expect(error.parameters).toMatchObject({ before: places[0], now: places[1] });
  });

  test("are no longer remembered elsewhere once they are on volumes", () => {
    expect(withPlaces(withPlaces(LOCK, instanceWith(FOLDERS)), instanceWith({}))).toEqual(LOCK);
  });
});
