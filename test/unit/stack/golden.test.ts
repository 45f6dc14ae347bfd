import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { listTree } from "../../../src/files/tree.ts";
import { PROFILE_NAMES, type ProfileName } from "../../../src/instance/names.ts";
import { instanceFileText, SCHEMA_FILE } from "../../../src/instance/template.ts";
import { messagesFor } from "../../../src/messages/messages.ts";
import { editorSchema } from "../../../src/operations/editor-schema.ts";
import { generateStack } from "../../../src/stack/stack.ts";
import { fixedInput, instanceOf } from "../support.ts";

const EXAMPLES = join(import.meta.dirname, "..", "..", "..", "compose", "examples");
const RENEW = "UPDATE_EXAMPLES=1 npx vitest run --project unit golden";

/** An instance of the profile just as `init` writes it, and everything that is generated from it. */
async function exampleOf(profile: ProfileName): Promise<Map<string, string>> {
  const stack = generateStack(await fixedInput(instanceOf({ profile })));
  const text = instanceFileText({ profile }, messagesFor("en").instanceFile);
  return new Map([["instance.yaml", text], [SCHEMA_FILE, editorSchema("en")], ...stack]);
}

describe.each(PROFILE_NAMES)("compose/examples/%s", async (profile) => {
  const folder = join(EXAMPLES, profile);
  const example = await exampleOf(profile);
  if (process.env["UPDATE_EXAMPLES"]) {
    await rm(folder, { recursive: true, force: true });
    for (const [path, text] of example) {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  }

  test("has the generated files and no others", async () => {
    expect(await listTree(folder), `when it is meant: ${RENEW}`).toEqual([...example.keys()].sort());
  });

  test.each([...example.keys()])("%s is exactly what is generated", async (path) => {
    expect(example.get(path), `when the change is meant: ${RENEW}`).toBe(await readFile(join(folder, path), "utf8"));
  });
});
