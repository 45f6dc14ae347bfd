import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GO_ON, PAUSED, pauseOnce } from "./support/pause.ts";
import { TestInstance } from "./support/test-instance.ts";

let server: TestInstance;
/** Each model of the fixture with its number of objects. */
let fixture: Record<string, number>;

beforeAll(async () => {
  server = await TestInstance.create();
  await server.start("db");
  const objects = JSON.parse(await server.shell("cat /srv/biomaid/source/fixtures/tests_db.json")) as {
    model: string;
  }[];
  const byModel = Map.groupBy(objects, ({ model }) => model);
  fixture = Object.fromEntries([...byModel].map(([model, { length }]) => [model, length]));
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** The numbers of objects that there are of the fixture's models. */
async function objects(instance: TestInstance): Promise<Record<string, unknown>> {
  const counts: Record<string, unknown> = {};
  for (const model of Object.keys(fixture)) {
    counts[model] = await instance.value(`SELECT count(*)::int FROM ${model.replace(".", "_")}`);
  }
  return counts;
}

function users(instance: TestInstance): Promise<unknown> {
  return instance.value("SELECT count(*)::int FROM common_user");
}

async function staticDirectories(instance: TestInstance): Promise<{ all: string[]; current: string }> {
  const output = await instance.shell("cd /srv/biomaid/static; readlink current; ls -A | grep -v '^current$'");
  const [current = "", ...all] = output.trim().split("\n");
  return { all, current };
}

describe("init on an empty database", () => {
  let instance: TestInstance;
  let first: { status: number; output: string; seconds: number };

  beforeAll(async () => {
    instance = await TestInstance.create({ beside: server });
    first = await instance.run();
  });
  afterAll(() => instance?.[Symbol.asyncDispose]());

  test("migrates, checks, loads the fixtures once and collects the static files, telling how long each took", async () => {
    expect(first.output).toMatch(/^biomaid: migrate … \d+\.\d s$/m);
    for (const step of ["check", "loaddata", "collectstatic"]) {
      expect(first.output).toMatch(new RegExp(`^biomaid: ${step} … \\d+\\.\\d s$`, "m"));
    }
    expect(first.status).toBe(0);
    expect(await objects(instance)).toEqual(fixture);
  });

  test("puts the static files into a directory of this release, behind current", async () => {
    const { all, current } = await staticDirectories(instance);
    expect(current).toMatch(new RegExp(`^${instance.releaseKey.slice(0, 12)}-[0-9a-f]{12}$`));
    expect(all).toEqual([current]);
    expect(await instance.shell('head -c 4 "/srv/biomaid/static/current/local/Logo BiomAid.png"')).toContain("PNG");
  });

  test("has nothing to do the second time, and runs no manage.py to find out", async () => {
    const second = await instance.run();
    expect(second).toMatchObject({ status: 0, output: "biomaid: nothing to do\n" });
    expect(second.seconds).toBeLessThan(first.seconds / 2);
    expect(await objects(instance)).toEqual(fixture);
  });

  test("leaves no fixture to be loaded again: what the site has changed stays", async () => {
    await instance.sql("UPDATE common_user SET last_name = 'Renommé' WHERE username = 'couranth'");
    await instance.configure("50-other.py", "LANGUAGE_CODE = 'en'\n");
    const output = await instance.succeed();
    expect(output).toContain("biomaid: migrate …");
    expect(output).not.toContain("loaddata");
    expect(await instance.value("SELECT last_name FROM common_user WHERE username = 'couranth'")).toBe("Renommé");
  });
});

describe("init that is killed", () => {
  test.each(["check", "loaddata"] as const)("%s: the next one finishes, with the fixtures whole", async (moment) => {
    await using instance = await TestInstance.create({ beside: server });
    await instance.configure("50-pause.py", pauseOnce(moment));
    const killed = await instance.launch("init");
    await killed.says(PAUSED);
    await killed.kill();
    expect(await users(instance), "the fixtures are loaded whole or not at all").toBe(0);

    const output = await instance.succeed();
    expect(output).toContain("loaddata …");
    expect(await objects(instance)).toEqual(fixture);
    expect((await staticDirectories(instance)).all).toHaveLength(1);
    expect(await instance.succeed()).toBe("biomaid: nothing to do\n");
  });
});

test("two inits at once: the second waits for the first and finds nothing to do", async () => {
  await using instance = await TestInstance.create({ beside: server });
  await instance.configure("50-pause.py", pauseOnce("check"));
  const first = await instance.launch("init");
  await first.says(PAUSED);
  const second = await instance.launch("init");
  await second.says(/another init is at work/);
  await first.read("touch", GO_ON);

  expect((await first.ended()).status).toBe(0);
  const { status, output } = await second.ended();
  expect(status).toBe(0);
  expect(output).not.toContain("migrate …");
  expect(await objects(instance)).toEqual(fixture);
});

test("a database that already has tables gets no fixtures", async () => {
  await using instance = await TestInstance.create({ beside: server });
  await instance.sql("CREATE TABLE somebody_s (id int)");
  expect(await instance.succeed()).not.toContain("loaddata");
  expect(await users(instance)).toBe(0);
});

test("a restored older database, which has no stamp, is migrated and gets no fixtures", async () => {
  await using instance = await TestInstance.create({ beside: server, sample: true });
  await instance.succeed();
  await instance.succeed(["manage", "migrate", "sample", "0001"]);
  await instance.sql("DROP SCHEMA biomaid_compose CASCADE");
  await instance.sql("DELETE FROM common_user");

  const output = await instance.succeed();
  expect(output).toContain("Applying sample.0002_switch... OK");
  expect(output).not.toContain("loaddata");
  expect(await users(instance)).toBe(0);
});

test("another release gets its own static files, and only the previous ones are kept beside", async () => {
  await using instance = await TestInstance.create({ beside: server, application: { fixtures: [] } });
  const seen: string[] = [];
  for (const release of ["a", "b", "c"]) {
    instance.releaseKey = release.repeat(64);
    await instance.generate();
    await instance.succeed();
    const { current } = await staticDirectories(instance);
    expect(current).toMatch(new RegExp(`^${release.repeat(12)}-`));
    seen.push(current);
  }
  expect((await staticDirectories(instance)).all.sort()).toEqual(seen.slice(1));

  await instance.configure("50-other.py", "LANGUAGE_CODE = 'en'\n");
  await instance.succeed();
  const { all, current } = await staticDirectories(instance);
  expect(current).toMatch(/^c{12}-/);
  expect(seen).not.toContain(current);
  expect(all.sort()).toEqual([seen[2], current].sort());
});

test("a migration that fails ends init with its text, and the next one goes on from there", async () => {
  await using instance = await TestInstance.create({ beside: server, sample: true });
  await instance.configure("50-fault.py", "SAMPLE_FAULT = 'migration'\n");
  const failed = await instance.run();
  expect(failed.status).not.toBe(0);
  expect(failed.output).toContain("SAMPLE_FAULT asked for a migration that fails");
  expect(failed.output).toMatch(/^biomaid: migrate failed \(exit status 1\)$/m);

  await instance.removeSettings();
  const output = await instance.succeed();
  expect(output).toContain("Applying sample.0002_switch... OK");
  expect(await users(instance)).toBe(11);
  expect((await staticDirectories(instance)).all).toHaveLength(1);
});

test("a release whose init has failed leaves nothing that the previous one would take for its own work", async () => {
  await using instance = await TestInstance.create({ beside: server });
  await instance.succeed();
  await instance.configure("50-fault.py", "INSTALLED_APPS += ['not_there']\n");
  expect((await instance.run()).status).not.toBe(0);

  await instance.removeSettings();
  expect(await instance.succeed(), "it looks again, since the failed one may have migrated").toContain("migrate …");
  expect(await instance.succeed()).toBe("biomaid: nothing to do\n");
});

test("what the application has cached of another release is gone", async () => {
  await using instance = await TestInstance.create({ beside: server });
  await instance.shell("mkdir -m 0700 /var/tmp/django_cache; touch /var/tmp/django_cache/old.djcache");
  await instance.succeed();
  expect(await instance.shell("ls -A /var/tmp/django_cache 2>/dev/null || :")).toBe("");
});

test("a wrong password ends init at once, and says so without showing it", async () => {
  await using instance = await TestInstance.create({ beside: server });
  await instance.write("secrets/wrong/database_password", "not-the-password");
  const { status, output, seconds } = await instance.run(["init"], {
    secrets: ["secret_key", "wrong/database_password"],
  });
  expect(status).not.toBe(0);
  expect(output).toMatch(/does not accept the password of biomaid in secrets\/database_password/);
  expect(output).not.toContain("not-the-password");
  expect(seconds).toBeLessThan(20);
});
