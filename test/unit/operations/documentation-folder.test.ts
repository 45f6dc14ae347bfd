import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  hasPages,
  makeDocumentationFolder,
  requireDocumentationFolder,
  writeDocumentation,
} from "../../../src/operations/documentation-folder.ts";
import type { DocsFormat } from "../../../src/release/build-plan.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

const ORIGIN = { version: "0.15", revision: "0".repeat(40) };

/** What a build leaves: a folder that only its user may look into, with files for all. */
async function built(
  home: string,
  format: DocsFormat,
  files: Record<string, string>,
): Promise<Map<DocsFormat, string>> {
  const folder = join(home, `built-${format}`);
  await mkdir(join(folder, "deep"), { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o644 });
  return new Map([[format, folder]]);
}

async function all(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

describe("a documentation folder", () => {
  test("is made with its parents, and takes what was built; others may read it", async () => {
    await using home = await temporaryFolder();
    const folder = join(home.path, "new", "documentation");
    await requireDocumentationFolder(folder);
    expect(await hasPages(folder)).toBe(false);
    await writeDocumentation(folder, await built(home.path, "html", { "index.html": "one" }), ORIGIN);
    expect(await all(folder)).toEqual(["documentation.json", "html", "html/deep", "html/index.html"]);
    expect(JSON.parse(await readFile(join(folder, "documentation.json"), "utf8"))).toMatchObject({ html: ORIGIN });
    expect(await hasPages(folder)).toBe(true);
    for (const path of [folder, join(folder, "html"), join(folder, "html", "index.html")])
      expect((await stat(path)).mode & 0o044, path).toBe(0o044);
  });

  test("has the new pages in place of all the former ones, stays itself, and keeps the other format", async () => {
    await using home = await temporaryFolder();
    const folder = join(home.path, "documentation");
    await writeDocumentation(folder, await built(home.path, "html", { "index.html": "1", "gone.html": "1" }), ORIGIN);
    const before = await stat(folder);
    await writeDocumentation(folder, await built(home.path, "pdf", { "a.pdf": "1" }), ORIGIN);
    await requireDocumentationFolder(folder);
    const again = await built(home.path, "html", { "index.html": "2" });
    await rm(join(again.get("html") ?? "", "gone.html"));
    await writeDocumentation(folder, again, { ...ORIGIN, version: "0.16" });
    expect(await all(folder)).toEqual([
      ...["documentation.json", "html", "html/deep", "html/index.html"],
      ...["pdf", "pdf/a.pdf", "pdf/deep"],
    ]);
    expect(await readFile(join(folder, "html", "index.html"), "utf8")).toBe("2");
    expect(JSON.parse(await readFile(join(folder, "documentation.json"), "utf8"))).toMatchObject({
      html: { version: "0.16" },
      pdf: { version: "0.15" },
    });
    expect((await stat(folder)).ino).toBe(before.ino);
  });

  test("that cannot be written whole stays as it was", async () => {
    await using home = await temporaryFolder();
    const folder = join(home.path, "documentation");
    await writeDocumentation(folder, await built(home.path, "html", { "index.html": "1" }), ORIGIN);
    const [before, mark] = [await all(folder), await readFile(join(folder, "documentation.json"), "utf8")];
    const both = new Map([
      ...(await built(home.path, "html", { "index.html": "2" })),
      ["pdf", join(home.path, "nowhere")] as const,
    ]);
    await expect(writeDocumentation(folder, both, ORIGIN)).rejects.toThrow("ENOENT");
    expect(await all(folder)).toEqual(before);
    expect(await readFile(join(folder, "html", "index.html"), "utf8")).toBe("1");
    expect(await readFile(join(folder, "documentation.json"), "utf8")).toBe(mark);
  });

  test("is finished by the next command when one was killed at any point", async () => {
    await using home = await temporaryFolder();
    const folder = join(home.path, "documentation");
    await writeDocumentation(folder, await built(home.path, "html", { "index.html": "1" }), ORIGIN);
    for (const left of ["html.new", "html.old", "pdf.new"]) {
      await mkdir(join(folder, left));
      await writeFile(join(folder, left, "left"), "");
    }
    await requireDocumentationFolder(folder);
    const formats = [
      ...(await built(home.path, "html", { "index.html": "2" })),
      ...(await built(home.path, "pdf", {})),
    ];
    await writeDocumentation(folder, new Map(formats), ORIGIN);
    expect((await readdir(folder)).sort()).toEqual(["documentation.json", "html", "pdf"]);
  });

  test("that web has mounted is there, and open, before anything is built", async () => {
    await using home = await temporaryFolder();
    const folder = join(home.path, "documentation");
    await makeDocumentationFolder(folder);
    expect((await stat(folder)).mode & 0o777).toBe(0o755);
    await chmod(folder, 0o750);
    await makeDocumentationFolder(folder);
    expect((await stat(folder)).mode & 0o777, "the operator's own choice").toBe(0o750);
    await requireDocumentationFolder(folder);
  });
});

describe("a folder of somebody else's is refused", () => {
  test.each<[string, Record<string, string>]>([
    ["with a file", { "thesis.txt": "x" }],
    ["with a hidden file", { ".git": "x" }],
    ["with a file that is called like ours", { "documentation.json": '{"pages": []}' }],
    ["with a broken file that is called like ours", { "documentation.json": "{" }],
  ])("%s", async (_, files) => {
    await using home = await temporaryFolder();
    for (const [name, text] of Object.entries(files)) await writeFile(join(home.path, name), text);
    const error = await userErrorOf(() => requireDocumentationFolder(home.path));
    expect([error.code, error.parameters]).toEqual(["DOCS_FOLDER_TAKEN", { folder: home.path }]);
  });

  test("behind a link, too; what is no folder at all is an error of the system", async () => {
    await using home = await temporaryFolder();
    await mkdir(join(home.path, "theirs"));
    await writeFile(join(home.path, "theirs", "x"), "");
    await symlink("theirs", join(home.path, "link"));
    const error = await userErrorOf(() => requireDocumentationFolder(join(home.path, "link")));
    expect(error.code).toBe("DOCS_FOLDER_TAKEN");
    await expect(requireDocumentationFolder(join(home.path, "theirs", "x"))).rejects.toThrow("ENOTDIR");
  });
});
