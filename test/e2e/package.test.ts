import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../support/cli.ts";
import { newInstance } from "../support/instance.ts";

/** With the Node that runs the tests, whatever else is installed. */
const environment = { PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}` };

describe("the package that npm pack makes", () => {
  let folder: string;
  let program: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "biomaid-package-"));
    // dist/ is there: building it again would pull it away from under the other tests.
    const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
    const { stdout } = await execa("npm", pack, { env: environment });
    const [packed] = Object.values(JSON.parse(stdout)) as { filename: string }[];
    const tarball = join(folder, packed?.filename ?? "");
    const install = [
      "install",
      "--prefix",
      folder,
      "--ignore-scripts",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      tarball,
    ];
    await execa("npm", install, { env: environment, cwd: folder });
    program = join(folder, "node_modules", ".bin", "biomaid-compose");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("installed outside the checkout is a program of its own", async () => {
    const { version } = JSON.parse(await readFile("package.json", "utf8"));
    const { stdout } = await execa(program, ["version"], { env: environment, cwd: folder });
    expect(stdout).toContain(`biomaid-compose ${version}`);
  });

  test("makes and starts an instance from its own sample application", async () => {
    await using instance = await newInstance();
    await instance.create({ program, cwd: folder, source: ["--source", "sample"] });
    const answer = await fetch(`${instance.url}/`);
    expect(answer.status).toBe(200);
    const { stdout } = await runCli(["status", instance.name, "--json", "--home", instance.home], {
      program,
      cwd: folder,
    });
    expect(JSON.parse(stdout)).toMatchObject({ condition: "running", warnings: ["sample"] });
  });
});
