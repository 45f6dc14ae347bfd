import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { listTree } from "../../../src/files/tree.ts";
import { parseInstanceFile } from "../../../src/instance/document.ts";
import { PROFILE_NAMES } from "../../../src/instance/names.ts";
import { instanceFileText, SCHEMA_FILE } from "../../../src/instance/template.ts";
import { en } from "../../../src/messages/en.ts";
import { editorSchema } from "../../../src/operations/editor-schema.ts";
import { generateStack } from "../../../src/stack/stack.ts";
import { fixedInput, instanceOf } from "../support.ts";

const EXAMPLES = join(import.meta.dirname, "..", "..", "..", "compose", "examples");
const RENEW = "UPDATE_EXAMPLES=1 npx vitest run --project unit golden";

/** Of each profile an instance just as `init` writes it; and what some settings change. */
const FILES: Record<string, string> = {
  ...Object.fromEntries(PROFILE_NAMES.map((profile) => [profile, instanceFileText({ profile }, en.instanceFile)])),
  development: instanceFileText({ profile: "development", source: { path: "/home/me/biomaid" } }, en.instanceFile),
  "production-https": `# A BiomAid instance with HTTPS of its own, and HTTP redirected to it.
version: 1
profile: production
web:
  hosts: [biomaid.example.org, biomaid]
  tls:
    certificate: certificate.pem
    key: key.pem
    redirect_port: 80
    hsts: 31536000
`,
  "production-proxy": `# A BiomAid instance behind a proxy of the same machine, which has the HTTPS.
version: 1
profile: production
web:
  hosts: [biomaid.example.org]
  address: 127.0.0.1
  port: 8080
  url: https://biomaid.example.org
  trusted_proxies: [host]
`,
};

/** An instance.yaml, and everything that is generated from it. */
async function exampleOf(text: string): Promise<Map<string, string>> {
  const stack = generateStack(await fixedInput(instanceOf(parseInstanceFile(text, "instance.yaml"))));
  return new Map([["instance.yaml", text], [SCHEMA_FILE, editorSchema("en")], ...stack]);
}

describe.each(Object.entries(FILES))("compose/examples/%s", async (name, text) => {
  const folder = join(EXAMPLES, name);
  const example = await exampleOf(text);
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
