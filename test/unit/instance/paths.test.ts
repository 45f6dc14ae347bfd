import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cacheFolder, homeFolder, instancePaths } from "../../../src/instance/paths.ts";
import { userErrorOf } from "../support.ts";

describe("the name of an instance", () => {
  test.each(["demo", "a", "test-2", "a-", "x".repeat(31)])("may be %s", (name) => {
    expect(instancePaths("/home", name).folder).toBe(`/home/${name}`);
  });

  test.each([
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "/etc",
    "-x",
    "--volumes",
    "2a",
    "Demo",
    "a_b",
    "a b",
    " a",
    "a\n",
    "a\0",
    "été",
    "$(x)",
    "`x`",
    "a;x",
    "a'",
    "x".repeat(32),
  ])("is not %j", async (name) => {
    const error = await userErrorOf(() => instancePaths("/home", name));
    expect([error.code, error.parameters, error.exitStatus]).toEqual(["INSTANCE_NAME_INVALID", { name }, 2]);
  });
});

describe("the home", () => {
  test("is the option's, before the environment's", () => {
    expect(homeFolder("/one", { BIOMAID_HOME: "/two" })).toBe("/one");
    expect(homeFolder(undefined, { BIOMAID_HOME: "/two" })).toBe("/two");
    expect(homeFolder("one", {})).toBe(join(process.cwd(), "one"));
  });

  test("else /srv/biomaid where it can be written to, else ~/biomaid", () => {
    let writable = true;
    try {
      accessSync("/srv/biomaid", constants.W_OK);
    } catch {
      writable = false;
    }
    const expected = writable ? "/srv/biomaid" : join(homedir(), "biomaid");
    expect(homeFolder(undefined, {})).toBe(expected);
    expect(homeFolder(undefined, { BIOMAID_HOME: "" })).toBe(expected);
  });
});

test("the cache is where XDG says", () => {
  expect(cacheFolder({ XDG_CACHE_HOME: "/c" })).toBe("/c/biomaid-compose");
  expect(cacheFolder({ XDG_CACHE_HOME: "" })).toBe(join(homedir(), ".cache", "biomaid-compose"));
});
