import { appendFile, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { assetFolder } from "../../src/files/assets.ts";
import type { Instance } from "../../src/instance/instance.ts";
import { type Lock, newLock } from "../../src/instance/lock.ts";
import { requireFitting } from "../../src/operations/local-fit.ts";
import { type PlannedRelease, planRelease } from "../support/release.ts";
import { userErrorOf } from "../unit/support.ts";

const LOCK = newLock("test");

let home: string;
let planned: PlannedRelease;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "biomaid-integration-"));
  planned = await planRelease(home, "fit", { sample: true });
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** The sample with a copy of its local folder, to whose settings lines are added. */
async function instanceWith(name: string, lines: string): Promise<Instance> {
  const local = join(home, `${name}: a site's`);
  await cp(join(assetFolder("sample"), "local_biomaid"), local, { recursive: true });
  await appendFile(join(local, "settings.py"), lines);
  const { settings, paths } = planned.instance;
  const changed = structuredClone(settings);
  changed.application.local = local;
  return { ...planned.instance, settings: changed, paths: { ...paths, settings: join(home, name, "settings.d") } };
}

function check(instance: Instance, lock = LOCK, context = planned.context): Promise<Lock> {
  const release = { ...planned.release, version: "0.15", images: inject("sampleImages") };
  return requireFitting(context, instance, release, lock);
}

test("a copy of the source's own fits, and is not asked about again until it changes", async () => {
  const instance = await instanceWith("good", "");
  const known = await check(instance);
  const silent = {
    ...planned.context,
    docker: () => {
      throw new Error("asked again");
    },
  };
  expect(await check(instance, known, silent)).toEqual(known);
  await appendFile(join(String(instance.settings.application.local), "settings.py"), "\n# changed\n");
  await expect(async () => check(instance, known, silent)).rejects.toThrow("asked again");
});

test.each([
  ["of an earlier version lacks an app", 'INSTALLED_APPS.remove("dem")\n', "LOCAL_APPS_MISSING", { apps: ["dem"] }],
  ["of a later version adds one again", 'INSTALLED_APPS += ["common"]\n', "LOCAL_APPS_TWICE", { apps: ["common"] }],
  [
    "adds one again under its other name",
    'INSTALLED_APPS += ["common.apps.CommonConfig"]\n',
    "LOCAL_APPS_TWICE",
    { apps: ["common"] },
  ],
  [
    "of another version stops",
    "import gone\n",
    "LOCAL_BROKEN",
    { detail: /^settings\.py:\d+: ModuleNotFoundError: .*gone/ },
  ],
  ["has a typing mistake", "x = = 1\n", "LOCAL_BROKEN", { detail: /SyntaxError/ }],
])("a folder that %s is refused with the reason", async (name, lines, code, parameters) => {
  const instance = await instanceWith(name, lines);
  const expected = Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [
      key,
      value instanceof RegExp ? expect.stringMatching(value) : value,
    ]),
  );
  expect(await userErrorOf(() => check(instance))).toMatchObject({
    code,
    parameters: { version: "0.15", ...expected },
  });
});

test("what settings.d adds counts", async () => {
  const instance = await instanceWith("mended", 'INSTALLED_APPS.remove("dem")\n');
  await mkdir(instance.paths.settings, { recursive: true });
  await writeFile(join(instance.paths.settings, "50-apps.py"), 'INSTALLED_APPS = [*INSTALLED_APPS, "dem"]\n');
  expect((await check(instance)).fitting).toBeDefined();
});

test("a name that is none of the source's folders is told with those that are", async () => {
  const instance = await instanceWith("unused", "");
  instance.settings.application.local = "local_biomad";
  expect(await userErrorOf(() => check(instance))).toMatchObject({
    code: "LOCAL_NOT_IN_SOURCE",
    parameters: { local: "local_biomad", known: ["local_biomaid"], suggestion: "local_biomaid" },
  });
});
