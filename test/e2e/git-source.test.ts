import { appendFile, copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CliResult } from "../support/cli.ts";
import { containersOf, identities, removeImage } from "../support/engine.ts";
import { knownHost, makeKey, startHttpServer, startSshServer } from "../support/git-servers.ts";
import { newInstance, type TestInstance } from "../support/instance.ts";
import { createRepository, type Repository } from "../support/repository.ts";
import { copyApplication } from "../support/source.ts";

/** A repository with the application's code in it. */
async function applicationRepository(folder: string): Promise<Repository> {
  await copyApplication(folder);
  return createRepository(folder);
}

describe("a git source", () => {
  let instance: TestInstance;
  let repository: Repository;
  let first: string;
  /** Built for releases that were refused, so that no container names them. */
  const built = new Set<string>();

  beforeAll(async () => {
    instance = await newInstance();
    repository = await applicationRepository(join(instance.home, "repository"));
    first = await repository.commit("first");
    await instance.create({ source: ["--source", repository.url, "--ref", "main"] });
  });
  afterAll(async () => {
    await instance[Symbol.asyncDispose]();
    for (const image of built) await removeImage(image);
  });

  const mark = async (): Promise<string> => (await instance.compose("exec", "-T", "app", "cat", "MARK")).stdout;
  const commitOf = async (): Promise<string> =>
    JSON.parse((await instance.cli(["status", instance.name, "--json"])).stdout).commit;
  const update = async (args: string[], exitStatus = 0): Promise<CliResult> => {
    const result = await instance.cli(["update", instance.name, ...args], { exitStatus });
    for (const [, image = ""] of result.stderr.matchAll(/Building (biomaid-compose\/biomaid:\S+)/g)) built.add(image);
    return result;
  };
  /** Everything that an update changes. */
  const state = async (): Promise<unknown> => {
    const files = ["instance.yaml", "instance.lock.yaml", "compose.yaml", "stack/app/settings.json"];
    const texts = await Promise.all(files.map((file) => readFile(join(instance.folder, file), "utf8")));
    const containers = await containersOf(instance.project);
    return [texts, containers.map(({ id, state: condition }) => [id, condition]).sort()];
  };
  const refuses = async (args: string[], ...texts: string[]): Promise<void> => {
    const before = await state();
    const { stderr } = await update(args, 1);
    for (const text of texts) expect(stderr).toContain(text);
    expect(await state()).toEqual(before);
  };

  test("means one commit from the first up on, until instance.yaml asks for another branch, tag or commit", async () => {
    expect(await mark()).toBe("first");
    expect(await commitOf()).toBe(first);

    const second = await repository.commit("second");
    await repository.git("tag", "v2");
    const before = await instance.services();
    await instance.cli(["up", instance.name]);
    expect(await commitOf()).toBe(first);
    expect(identities(await instance.services())).toEqual(identities(before));

    await instance.set("source.ref", "v2");
    const { stdout } = await instance.cli(["up", instance.name]);
    expect(stdout).toContain("v2");
    expect(await mark()).toBe("second");
    expect(await commitOf()).toBe(second);
    expect((await instance.services())["db"]?.id).toBe(before["db"]?.id);

    await instance.set("source.ref", first);
    await instance.cli(["up", instance.name]);
    expect(await mark()).toBe("first");
    expect(await commitOf()).toBe(first);
  });

  test("is updated to a commit without new migrations, comments kept, and only when asked", async () => {
    const before = await instance.services();
    const file = join(instance.folder, "instance.yaml");
    await appendFile(file, "# mine\n");
    const third = await repository.commit("third");
    const unchanged = await state();
    const { stdout } = await update(["--ref", "main", "--check"]);
    expect(stdout).toContain(`${first.slice(0, 12)} → ${third.slice(0, 12)}`);
    expect(stdout).toContain(`biomaid-compose update ${instance.name} --ref main`);
    expect(await state()).toEqual(unchanged);

    const { outcome, from, to } = JSON.parse((await update(["--ref", "main", "--json"])).stdout);
    expect([outcome, from, to]).toEqual(["updated", first, third]);
    expect(await mark()).toBe("third");
    expect((await instance.services())["db"]?.id).toBe(before["db"]?.id);
    const text = await readFile(file, "utf8");
    expect(text).toMatch(/^ {2}ref: main$/m);
    expect(text).toContain("# mine");

    const updated = await state();
    expect((await update([])).stdout).toContain("Nothing new");
    expect(await state()).toEqual(updated);
  });

  test("is not updated to a release that the database does not fit, nor to one that is broken", async () => {
    const good = await repository.git("rev-parse", "HEAD");
    const folder = join(repository.folder, "common", "migrations");
    const last =
      (await readdir(folder))
        .filter((name) => /^\d.*\.py$/.test(name))
        .sort()
        .at(-1) ?? "";
    const migration = `from django.db import migrations

class Migration(migrations.Migration):
    dependencies = (("common", "${last.replace(/\.py$/, "")}"),)
    operations = (migrations.RunSQL("CREATE TABLE added_by_update (word text)"),)
`;
    await repository.commit(migration, "common/migrations/9998_added.py");
    // What up would refuse afterwards is refused before anything is written.
    await instance.set("volumes.media", instance.home);
    await refuses(["--ref", "main"], "[FILES_ELSEWHERE]");
    await instance.cli(["config", "unset", instance.name, "volumes"]);
    await refuses([], "[UPDATE_NEEDS_UPGRADE]", "common.9998_added", "upgrade");
    await refuses(["--check"], "[UPDATE_NEEDS_UPGRADE]");
    expect(await instance.sql("select to_regclass('added_by_update') is null")).toBe("t");

    const later = "('common', '9999_later', now())";
    await instance.sql(`insert into django_migrations (app, name, applied) values ${later}`);
    await refuses(["--ref", first], "[UPDATE_TO_OLDER]", "common.9999_later");
    await instance.sql("delete from django_migrations where name = '9999_later'");

    await repository.git("checkout", "--quiet", good, "--", ".");
    await repository.git("rm", "--quiet", "--force", "common/migrations/9998_added.py");
    const settings = await readFile(join(repository.folder, "settings", "__init__.py"), "utf8");
    await repository.commit(`${settings}\nraise RuntimeError("broken, on purpose")\n`, "settings/__init__.py");
    await refuses([], "[UPDATE_CHECK_FAILED]", "broken, on purpose");
    expect(await mark()).toBe("third");
    await repository.commit(settings, "settings/__init__.py");
  });

  test("is read with a key that only git sees, and an update that was cut short is gone on with", async () => {
    const [hostKey, key] = [await makeKey(join(instance.home, "host")), await makeKey(join(instance.home, "key"))];
    await using server = await startSshServer(repository.folder, hostKey, `${key}.pub`);
    const secrets = join(instance.folder, "secrets");
    await copyFile(key, join(secrets, "deploy_key"));
    await instance.set("source", { git: server.url, ref: "main", key_file: "deploy_key" });
    const { stderr } = await update([], 1);
    expect(stderr).toContain("[GIT_HOST_UNKNOWN]");
    expect(stderr).toContain(`ssh-keyscan -p ${server.port} 127.0.0.1`);

    await writeFile(join(secrets, "known_hosts"), await knownHost(server.port, hostKey));
    const fourth = await repository.commit("fourth");
    const lock = join(instance.folder, "instance.lock.yaml");
    // As it is when the command is killed before the new release is started.
    const source = `source:\n  git: ${server.url}\n  ref: main\n  commit: ${fourth}\n`;
    await writeFile(lock, (await readFile(lock, "utf8")).replace(/^source:\n( .*\n)*/m, source));
    await update([]);
    expect(await mark()).toBe("fourth");
    expect(await commitOf()).toBe(fourth);
    expect((await instance.compose("config")).stdout).not.toContain("deploy_key");

    await repository.commit("fifth");
    await instance.compose("kill", "db");
    await refuses([], "[INSTANCE_DOWN]");
  });

  test("that is for others only is told as such, and nothing is asked, even on a terminal", async () => {
    const [hostKey, key] = [await makeKey(join(instance.home, "host-2")), await makeKey(join(instance.home, "key-2"))];
    await using ssh = await startSshServer(repository.folder, hostKey, `${key}.pub`);
    await using http = await startHttpServer(repository.folder);
    for (const [url, code] of [
      [ssh.url, "[GIT_HOST_UNKNOWN]"],
      [http.url, "[GIT_LOGIN_REFUSED]"],
    ] as const) {
      const { exitStatus, screen } = await instance.onTerminal(["refs", "--source", url]).ended();
      expect(exitStatus).toBe(1);
      expect(screen).toContain(code);
    }
  });

  test("is what an update is about: of the sample application it says how that comes to change", async () => {
    await instance.cli(["init", "bundled", "--profile", "demo", "--source", "sample"]);
    const { stdout } = await instance.cli(["update", "bundled", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "unversioned", source: "sample", from: null, to: null });
    expect((await instance.cli(["update", "bundled"])).stdout).toContain("each `up` takes it");
    const { stderr } = await instance.cli(["update", "bundled", "--ref", "v2"], { exitStatus: 2 });
    expect(stderr).toContain("[SETTING_REFUSED]");
  });

  test("whose branch does not exist is named", async () => {
    await using other = await newInstance();
    const source = ["--source", repository.url, "--ref", "nowhere"];
    const { stderr } = await other.create({ source, exitStatus: 1 });
    expect(stderr).toContain("[REF_NOT_FOUND]");
    expect(stderr).toContain(`biomaid-compose refs --source ${repository.url}`);
  });

  test.each(["https://127.0.0.1:1/biomaid.git", "file:///nonexistent/biomaid.git"])(
    "that cannot be reached (%s) is never replaced by the sample, which is hinted at",
    async (url) => {
      await using instance = await newInstance();
      const { stderr, stdout } = await instance.create({ source: ["--source", url], exitStatus: 1 });
      expect(stderr).toContain("[SOURCE_UNREACHABLE]");
      expect(stderr).toContain(url);
      expect(stderr).toContain("--source sample");
      expect(stdout).toBe("");
      expect(await instance.services()).toEqual({});
      const hinted = await instance.cli(["init", instance.name, "--profile", "demo", "--source", "sample"]);
      expect(hinted.stdout).toContain(instance.folder);
    },
  );
});
