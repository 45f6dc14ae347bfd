import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CONFIGURATION_DOCS, configurationDocs } from "../../../script/configuration-docs.ts";
import { DESCRIPTIONS_FR } from "../../../src/instance/descriptions-fr.ts";
import { jsonSchema } from "../../../src/instance/schema.ts";
import { settingNames } from "../../../src/instance/setting-names.ts";

interface Node {
  description?: string;
  properties?: Record<string, Node>;
  items?: Node;
  anyOf?: Node[];
}

/** Every setting's description, by its path; those of the settings in a list's items, or in one of several forms, too. */
function descriptions(node: Node, path = ""): Map<string, string | undefined> {
  const holders = [node, node.items, ...(node.anyOf ?? [])];
  const below = holders.flatMap((holder) => Object.entries(holder?.properties ?? {}));
  const inner = below.flatMap(([key, value]) => [...descriptions(value, path === "" ? key : `${path}.${key}`)]);
  return new Map([...(path === "" ? [] : [[path, node.description] as const]), ...inner]);
}

test("every setting is described in both languages", () => {
  const [english, french] = [descriptions(jsonSchema()), descriptions(jsonSchema("fr"))];
  expect([...english.keys()].sort()).toEqual(Object.keys(DESCRIPTIONS_FR).sort());
  for (const name of settingNames()) expect(english.has(name), name).toBe(true);
  for (const [name, text] of english) {
    expect(text, name).toMatch(/\w/);
    expect(french.get(name), name).toBe(DESCRIPTIONS_FR[name]);
    expect(french.get(name), name).not.toMatch(/[ ][:;?!»]|«[ ]/);
  }
});

describe.each(["en", "fr"] as const)("the page of settings in %s", (language) => {
  test("is what the schema says", async () => {
    const file = CONFIGURATION_DOCS[language];
    const written = await readFile(join(import.meta.dirname, "..", "..", "..", file), "utf8");
    expect(configurationDocs(language), `${file} is stale: npm run docs`).toBe(written);
  });

  test("has every setting", () => {
    const page = configurationDocs(language);
    for (const name of settingNames()) expect(page).toContain(`\`${name}\``);
  });
});
