import { describe, expect, test } from "vitest";
import { fileSchema } from "../../../src/instance/schema.ts";
import { isLeftOut, parseSource, type ResolvedSource, sourceVersion } from "../../../src/release/source.ts";

describe("--source", () => {
  test.each([
    ["sample", { sample: true }],
    ["image:registry:5000/biomaid:1", { image: "registry:5000/biomaid:1" }],
    ["https://example.org/x.git", { git: "https://example.org/x.git" }],
    ["ssh://git@example.org:22/x", { git: "ssh://git@example.org:22/x" }],
    ["git@example.org:team/x.git", { git: "git@example.org:team/x.git" }],
    ["file:///srv/x.git", { git: "file:///srv/x.git" }],
    [".", { path: "/work" }],
    ["code", { path: "/work/code" }],
    ["../code", { path: "/code" }],
    ["./sample", { path: "/work/sample" }],
    ["/srv/code", { path: "/srv/code" }],
    ["./odd@name:x", { path: "/work/odd@name:x" }],
  ])("%s", (text, source) => {
    expect(parseSource(text, undefined, "/work")).toEqual(source);
    const { success } = fileSchema.safeParse({ version: 1, profile: "ci", source: parseSource(text, undefined, "/w") });
    expect(success, "what it gives is allowed in instance.yaml").toBe(true);
  });

  test("goes with --ref, which the schema judges", () => {
    expect(parseSource("https://h/x", "v1", "/work")).toEqual({ git: "https://h/x", ref: "v1" });
    expect(parseSource("code", "v1", "/work")).toEqual({ path: "/work/code", ref: "v1" });
    const source = parseSource("sample", "v1", "/work");
    expect(fileSchema.safeParse({ version: 1, profile: "ci", source }).success).toBe(false);
  });
});

describe("a build from a folder", () => {
  test.each([
    ".git",
    ".git/config",
    "vendor/x/.git/config",
    "media",
    "media/order.pdf",
    "secrets/secret_key",
    "instance_settings.py",
    "instance_config.toml",
    "local/config.toml",
    "node_modules/x/index.js",
    ".venv/bin/python",
    "staticfiles/a.css",
    "common/__pycache__",
    "common/__pycache__/x.cpython-311.pyc",
    "x.pyc",
    ".env",
    "deploy/.env.production",
    "tls/server.key",
    "tls/server.pem",
    "db.sqlite3",
    "queries.log",
  ])("is made without %s", (path) => {
    expect(isLeftOut(path)).toBe(true);
  });

  test.each([
    "manage.py",
    "pyproject.toml",
    ".gitignore",
    "local_biomaid/config.toml",
    "local_biomaid/static/local/Logo BiomAid.png",
    "common/media/x.js",
    "common/local/x.py",
    "dem/secrets.py",
    "environment.py",
    "logs.py",
    "static/monkey.js",
  ])("is made with %s", (path) => {
    expect(isLeftOut(path)).toBe(false);
  });
});

test.each<[ResolvedSource, string]>([
  [{ kind: "git", git: "g", ref: "stable", commit: "0".repeat(40) }, "stable"],
  [{ kind: "git", git: "g", ref: "0123456789abcdef", commit: "0123456789abcdef" }, "0123456789ab"],
  [{ kind: "folder", path: "/x", files: [], digest: "d", revision: "r", sample: false }, "folder"],
  [{ kind: "folder", path: "/x", files: [], digest: "d", revision: "r", sample: true }, "sample"],
  [{ kind: "image", image: "i", id: "sha256:0" }, "image"],
])("the version of %j is %s", (source, version) => {
  expect(sourceVersion(source)).toBe(version);
});
