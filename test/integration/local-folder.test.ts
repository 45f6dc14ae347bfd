import { chmod, cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assetFolder } from "../../src/files/assets.ts";
import { AGENT, ask, cookies, FORM } from "../support/http.ts";
import { signIn } from "../support/sign-in.ts";
import { TestInstance } from "./support/test-instance.ts";

const COPY = "/srv/biomaid/state/local";
const PAGE = "/x/common/admin_config/";

describe("the local folder's config.toml, which the application rewrites", () => {
  let instance: TestInstance;

  beforeAll(async () => {
    instance = await TestInstance.create({ sample: true, application: { local: "./local" }, before: copyLocalFolder });
    await instance.start("db");
    await instance.succeed();
    await instance.start("web");
  });
  afterAll(() => instance?.[Symbol.asyncDispose]());

  async function copyLocalFolder(folder: string): Promise<void> {
    await cp(assetFolder("sample/local_biomaid"), join(folder, "local"), { recursive: true });
  }

  function operatorsFile(): Promise<string> {
    return readFile(join(instance.instance.paths.local, "config.toml"), "utf8");
  }

  test("outlives its container, and the operator's folder is left alone", async () => {
    const before = await operatorsFile();
    const first = await instance.start("app");
    const port = await instance.service("web").port(8080);
    const session = cookies(await signIn(port, "root", "introuvable"));
    const page = await ask(port, PAGE, { headers: { ...AGENT, Cookie: session } });
    expect(page.status).toBe(200);
    const token = session.match(/csrftoken=([^;]+)/)?.[1] ?? "";
    const saved = await ask(port, PAGE, {
      method: "POST",
      headers: { ...AGENT, ...FORM, Cookie: session, "X-CSRFToken": token },
      body: "enabled=dem.supplier-duplicate",
    });
    expect(saved.status).toBe(200);
    await first.remove();

    const second = await instance.start("app");
    const now = await second.read("cat", "/srv/biomaid/source/local/config.toml");
    expect(now).toMatch(/supplier-duplicate = true/);
    expect(now).toMatch(/account-unused = false/);
    expect(await operatorsFile()).toBe(before);
    expect(before).toMatch(/supplier-duplicate = false/);
    await second.remove();
  });

  test("gives way to a newer one of the operator's, and is kept", async () => {
    const used = await instance.shell(`cat ${COPY}/config.toml`);
    const newer = `${await operatorsFile()}\n[added]\nby = "the operator"\n`;
    await instance.write("local/config.toml", newer);
    await instance.generate();
    expect(await instance.succeed()).toMatch(
      /config\.toml.* has changed and replaces the one in use, kept as .*config\.toml\.\d{8}T\d{6}Z/,
    );

    expect(await instance.shell(`cat ${COPY}/config.toml`)).toBe(newer);
    expect(await instance.shell(`cat ${COPY}/config.toml.*Z`)).toBe(used);
    const app = await instance.start("app");
    expect(await app.read("cat", "/srv/biomaid/source/local/config.toml")).toBe(newer);

    await instance.succeed(["init"]);
    expect((await instance.shell(`ls ${COPY}`)).match(/config\.toml\.\d{8}T/g)).toHaveLength(1);
    await app.remove();
  });

  test("is whole when several containers start at once on an empty volume", async () => {
    await instance.shell(`rm -r ${COPY}`);
    const outputs = await Promise.all([1, 2, 3].map(() => instance.run(["manage", "sample_switch"])));
    expect(outputs.map(({ status, output }) => [status, output])).toEqual([
      [0, ""],
      [0, ""],
      [0, ""],
    ]);
    expect(await instance.shell(`cat ${COPY}/config.toml`)).toBe(await operatorsFile());
  });
});

test("a local folder without settings.py is refused in words", async () => {
  await using instance = await TestInstance.create({
    application: { local: "./local" },
    before: (folder) => cp(assetFolder("sample/local_biomaid/static"), join(folder, "local"), { recursive: true }),
  });
  const { status, output } = await instance.run();
  expect(status).toBe(1);
  expect(output).toMatch(/\/etc\/biomaid\/local has no settings\.py/);
  expect(output).not.toContain("Traceback");
});

test("a local folder whose settings import a module that is not there is refused with file and line", async () => {
  await using instance = await TestInstance.create({
    application: { local: "./local" },
    before: (folder) => cp(assetFolder("sample/local_biomaid"), join(folder, "local"), { recursive: true }),
  });
  const file = join(instance.instance.paths.local, "settings.py");
  await writeFile(file, `import os\nimport module_that_is_not_there\n${await readFile(file, "utf8")}`);
  await instance.start("db");
  const { status, output } = await instance.run();
  expect(status).toBe(1);
  expect(output).toMatch(/local\/settings\.py:2: No module named 'module_that_is_not_there'/);
  expect(output).not.toContain("Traceback");
});

test.each([
  ["a closed folder", "", 0o700],
  ["a closed folder in it", "static", 0o700],
  ["a closed file", "settings.py", 0o600],
])("a local folder with %s is refused in words", async (_what, path, mode) => {
  await using instance = await TestInstance.create({
    application: { local: "./local" },
    before: (folder) => cp(assetFolder("sample/local_biomaid"), join(folder, "local"), { recursive: true }),
  });
  await chmod(join(instance.instance.paths.local, path), mode);
  const { status, output } = await instance.run();
  expect(status).toBe(1);
  expect(output).toContain(`${join("/etc/biomaid/local", path)} cannot be read`);
  expect(output).toContain("chmod -R a+rX local");
  expect(output).not.toContain("Traceback");
});
