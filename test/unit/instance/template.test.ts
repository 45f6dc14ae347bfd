import { describe, expect, test } from "vitest";
import { parseInstanceFile } from "../../../src/instance/document.ts";
import { PROFILE_NAMES } from "../../../src/instance/names.ts";
import { instanceFileText, type NewInstance } from "../../../src/instance/template.ts";
import { en } from "../../../src/messages/en.ts";
import { fr } from "../../../src/messages/fr.ts";

describe.each(["en", "fr"] as const)("a new instance.yaml in %s", (language) => {
  const comments = { en, fr }[language].instanceFile;

  test.each(PROFILE_NAMES)("of the profile %s says nothing that the profile says", (profile) => {
    const text = instanceFileText({ profile }, comments);
    expect(parseInstanceFile(text, "f")).toEqual({ version: 1, profile });
    expect(text.split("\n").length).toBeLessThan(11);
    expect(text).toContain("biomaid-compose up");
    expect(text).toContain(profile);
  });

  test.each<NewInstance>([
    { profile: "ci", source: { sample: true }, web: { port: 8081 }, bases: "packages" },
    { profile: "demo", source: { git: "ssh://git@example.org/~me/x.git", ref: "feature/e" } },
    { profile: "demo", source: { path: "/srv/a: b #c/'d'" } },
    { profile: "production", source: { image: "registry:5000/biomaid@sha256:00" }, application: { workers: 1 } },
  ])("holds what is asked for: %j", (choice) => {
    expect(parseInstanceFile(instanceFileText(choice, comments), "f")).toEqual({ version: 1, ...choice });
  });
});
