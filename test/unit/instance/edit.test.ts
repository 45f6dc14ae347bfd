import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { UserError } from "../../../src/errors/user-error.ts";
import { parseInstanceFile } from "../../../src/instance/document.ts";
import { settingValue, withSetting } from "../../../src/instance/edit.ts";
import { settingNames, settingPath } from "../../../src/instance/setting-names.ts";
import { userErrorOf } from "../support.ts";
import { textOf, validFiles } from "./arbitrary.ts";

vi.setConfig({ testTimeout: 60_000 });

const FILE = `# Kept by the biomedical service
version: 1
profile: demo   # see the guide

web:
    hosts:      # as people type them
        - biomaid.chu.example
        - 192.0.2.7
    port:  8080 # until March
source: {git: 'https://example.org/x.git', ref: "0.15"}
# end
`;

function set(setting: string, text: string): string {
  const path = settingPath(setting);
  return withSetting(FILE, "f", path, settingValue(path, text, "f"));
}

describe("a changed setting", () => {
  test.each([
    ["web.port", "8081", "    port:  8080 # until March", "    port:  8081 # until March"],
    ["source.ref", "0.10", '"0.15"', '"0.10"'],
    ["source", "{sample: true}", "{git: 'https://example.org/x.git', ref: \"0.15\"}", "{sample: true}"],
    ["web.upload_limit", "50", "# until March\n", "# until March\n    upload_limit: 50\n"],
    ["bases", "packages", "\n# end", "\nbases: packages\n# end"],
    ["application.workers", "3", "\n# end", "\napplication:\n    workers: 3\n# end"],
    ["application.groups", "[doc, dev]", "\n# end", "\napplication:\n    groups:\n        - doc\n        - dev\n# end"],
  ])("%s: %s changes its own place in the file only", (setting, text, before, after) => {
    expect(set(setting, text)).toBe(FILE.replace(before, after));
  });

  test("of a list keeps the comments of the others", () => {
    const text = set("web.hosts", "[localhost]");
    expect(parseInstanceFile(text, "f").web?.hosts).toEqual(["localhost"]);
    for (const comment of ["# Kept by", "# see the guide", "# until March", "# end"]) expect(text).toContain(comment);
  });

  test("taken out is gone with its line, and its group with the last of it", () => {
    const without = withSetting(FILE, "f", ["web", "port"], undefined);
    expect(without).toBe(FILE.replace("    port:  8080 # until March\n", ""));
    expect(parseInstanceFile(withSetting(without, "f", ["web", "hosts"], undefined), "f").web).toBeUndefined();
  });

  test.each([
    ["web.port", "99999", "tooLarge"],
    ["web.port", "http", "wrongType"],
    ["web.hosts", "[]", "empty"],
    ["web.hosts", "[a", "syntax"],
    ["source.sample", "true", "rule"],
    ["web", "{prot: 1}", "unknownKey"],
  ])("%s: %s is refused with what the file would be told", async (setting, text, kind) => {
    const error = (await userErrorOf(() => set(setting, text))) as UserError<"SETTING_REFUSED">;
    expect(error.code).toBe("SETTING_REFUSED");
    expect(error.parameters.diagnostics.map(({ problem }) => problem.kind)).toEqual([kind]);
  });

  test("can mend a file that is wrong", () => {
    const wrong = FILE.replace("8080", "99999");
    expect(withSetting(wrong, "f", ["web", "port"], 8080)).toBe(FILE);
  });

  test("takes the place of a text that stood for its group", () => {
    const text = "version: 1\nprofile: demo\napplication:\n  local: ./local # ours\n  workers: 3\n";
    const withGit = withSetting(text, "f", ["application", "local", "git"], "https://example.org/site.git");
    const whole = withSetting(withGit, "f", ["application", "local", "ref"], "main");
    const local = { git: "https://example.org/site.git", ref: "main" };
    expect(parseInstanceFile(whole, "f").application).toEqual({ local, workers: 3 });
    expect(whole).toContain("# ours");
    expect(parseInstanceFile(withSetting(whole, "f", ["application", "local"], "./local"), "f").application).toEqual({
      local: "./local",
      workers: 3,
    });
  });

  test("is not one of those that stand in several places", async () => {
    const text = "version: 1\nprofile: &p demo\napplication: {local: *p}\n";
    expect((await userErrorOf(() => withSetting(text, "f", ["profile"], "ci"))).code).toBe("INSTANCE_FILE_ALIASES");
  });
});

test.each([
  ["web.prot", "web.port"],
  ["port", "web.port"],
  ["wbe.prot", "web.port"],
  ["web.hosts.0", "web.hosts"],
  ["__proto__", undefined],
  ["nothing", undefined],
])("there is no setting %s: did you mean %s?", async (name, suggestion) => {
  const error = await userErrorOf(() => settingPath(name));
  expect(error.code).toBe("SETTING_UNKNOWN");
  expect(error.parameters).toEqual({ setting: name, suggestion });
});

test("any setting of any file, however it is written, can be given the value that another file has", () => {
  const cases = fc.record({
    text: validFiles.chain((file) => textOf(file)),
    other: validFiles,
    setting: fc.constantFrom(...settingNames().map((name) => name.split("."))),
  });
  const at = (content: unknown, path: readonly string[]): unknown =>
    path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], content);
  fc.assert(
    fc.property(cases, ({ text, other, setting }) => {
      const value = at(other, setting);
      try {
        const edited = withSetting(text, "f", setting, value);
        expect(at(parseInstanceFile(edited, "f"), setting)).toEqual(value);
        if (text.includes("# Comment")) expect(edited).toContain("# Comment");
      } catch (error) {
        // Two kinds of source at once, or a setting that the file cannot do without.
        if (!(error instanceof UserError)) throw error;
        expect(error.code).toBe("SETTING_REFUSED");
      }
    }),
    { numRuns: 500 },
  );
});
