import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listTree } from "../../src/files/tree.ts";
import { containersOf, networksOf, volumesOf } from "../support/engine.ts";
import { newInstance, startInstance, type TestInstance } from "../support/instance.ts";
import { expectSignIn, signedIn, trySignIn } from "../support/sign-in.ts";
import { application } from "../support/source.ts";
import { startWriter, type Writer } from "../support/writer.ts";

const SECRETS = ["secret_key", "database_password"];

describe("the value of a secret", () => {
  let instance: TestInstance;
  let values: string[];
  /** All that the CLI said while the instance was made, used, broken and mended. */
  const said: string[] = [];

  beforeAll(async () => {
    instance = await newInstance();
    const record = async (args: readonly string[], exitStatus = 0): Promise<void> => {
      const { stdout, stderr } = await instance.cli(args, { exitStatus });
      said.push(stdout, stderr);
    };
    await record([...instance.creation(), "--verbose"]);
    const { name } = instance;
    await record(["up", name, "--json", "--verbose"]);
    for (const command of [["status"], ["jobs"], ["config", "show"], ["config", "validate"]])
      for (const options of [["--verbose"], ["--json"]]) await record([...command, name, ...options]);
    await record(["list", "--json"]);
    await record(["logs", name]);
    await record(["manage", name, "--verbose", "--", "check"]);
    await record(["psql", name, "--verbose", "--", "-c", "select 1"]);
    await record(["manage", name, "--", "no_such_command"], 1);
    await record(["psql", name, "--", "-v", "ON_ERROR_STOP=1", "-c", "select nothing"], 1);

    values = await Promise.all(SECRETS.map((secret) => readFile(join(instance.folder, "secrets", secret), "utf8")));
    // A password that does not fit, and settings that fail where the secrets are at hand: what is said then?
    const password = join(instance.folder, "secrets", "database_password");
    const wrong = "wrong-password-0123456789";
    values.push(wrong);
    await writePrivate(password, wrong);
    await record(["up", name, "--verbose"], 1);
    await writePrivate(password, values[1] ?? "");
    await instance.write("settings.d/50-fault.py", "raise RuntimeError('fault')\n");
    await record(["up", name, "--verbose", "--json"], 1);
    await rm(join(instance.folder, "settings.d"), { recursive: true });
    await record(["up", name]);
  });
  afterAll(() => instance?.[Symbol.asyncDispose]());

  const expectAbsent = (text: string): void => {
    // Not toContain: its message would print the secret, and megabytes of text.
    for (const [index, value] of values.entries())
      expect(text.includes(value), `${SECRETS[index] ?? "the wrong password"} is there`).toBe(false);
  };

  test("is in none of the CLI's answers and errors, not even with --verbose and --json", () => {
    expect(said.join("\n").length).toBeGreaterThan(5000);
    expectAbsent(said.join("\n"));
  });

  test("is in no file of the instance outside secrets/", async () => {
    const files = (await listTree(instance.home)).filter((file) => !file.startsWith(`${instance.name}/secrets/`));
    expect(files).toEqual(expect.arrayContaining([`${instance.name}/compose.yaml`, `${instance.name}/instance.yaml`]));
    for (const file of files) expectAbsent(await readFile(join(instance.home, file), "latin1"));
    expect((await readdir(join(instance.folder, "secrets"))).sort()).toEqual([...SECRETS].sort());
  });

  test("is in nothing that the engine tells: containers, environments, labels, volumes, networks, logs", async () => {
    const containers = await containersOf(instance.project);
    const ids = containers.map(({ id }) => id);
    expect(ids).toHaveLength(5);
    const names = [...ids, ...(await volumesOf(instance.project)), ...(await networksOf(instance.project))];
    expectAbsent((await execa("docker", ["inspect", ...names])).stdout);
    for (const id of ids) expectAbsent((await execa("docker", ["logs", id], { all: true })).all);
    const config = await instance.compose("config");
    expectAbsent(config.stdout);
  });

  test("is in no environment and on no command line of a process", async () => {
    for (const { id, service } of await containersOf(instance.project)) {
      if (service === "init") continue;
      const script =
        "for p in /proc/[0-9]*; do tr '\\0' '\\n' <$p/environ; tr '\\0' '\\n' <$p/cmdline; done 2>/dev/null; :";
      const { stdout } = await execa("docker", ["exec", id, "sh", "-c", script]);
      expect(stdout).toContain("PATH=");
      expectAbsent(stdout);
    }
  });

  test("is on no volume: logs, uploads, static files, state, temporaries; nor in the database's files", async () => {
    const mounts = (await volumesOf(instance.project)).flatMap((name) => ["--volume", `${name}:/volumes/${name}:ro`]);
    const image = (await instance.services())["db"]?.image ?? "";
    // The values come by standard input: on the command line they would be found there.
    const search =
      "cat >/dev/shm/values; find /volumes -type f | wc -l; grep -rlaF -f /dev/shm/values /volumes || [ $? -eq 1 ]";
    const options = ["--rm", "--interactive", "--user", "0", "--network", "none", "--entrypoint", "sh"];
    const { stdout } = await execa("docker", ["run", ...options, ...mounts, image, "-c", search], {
      input: values.join("\n"),
    });
    const [count, ...found] = stdout.split("\n");
    expect(Number(count)).toBeGreaterThan(1000);
    expect(found).toEqual([]);
  });

  test("is in no layer and no history of an image", async () => {
    const images = [...new Set((await containersOf(instance.project)).map(({ image }) => image))];
    expect(images).toHaveLength(3);
    for (const image of images) {
      expectAbsent((await execa("docker", ["image", "history", "--no-trunc", image])).stdout);
      expectAbsent((await execa("docker", ["image", "inspect", image])).stdout);
    }
    // Layers are in the archive as they are, not compressed.
    const count = async (patterns: string[]): Promise<number> => {
      const search = 'docker save "$@" | grep -caF -f <(printf %s "$PATTERNS") || [ $? -eq 1 ]';
      const env = { PATTERNS: patterns.join("\n") };
      return Number((await execa("bash", ["-c", search, "search", ...images], { env })).stdout);
    };
    expect(
      await count(["/run/secrets/database_password"]),
      "what the search finds: the database's entrypoint",
    ).not.toBe(0);
    expect(await count(values)).toBe(0);
  });
});

describe("up", () => {
  let instance: TestInstance;
  let folder: string;
  let writer: Writer;
  const up = (exitStatus: number) => instance.cli(["up", instance.name], { exitStatus });

  beforeAll(async () => {
    instance = await startInstance();
    folder = join(instance.folder, "secrets");
    writer = startWriter(instance);
    await writer.progress(5, 30);
  });
  afterAll(async () => {
    await writer?.stop();
    await instance?.[Symbol.asyncDispose]();
  });

  test("refuses a folder of secrets that others can look into, and says how to close it", async () => {
    await chmod(folder, 0o755);
    const { stderr } = await up(1);
    expect(stderr).toContain("[SECRETS_EXPOSED]");
    expect(stderr).toContain(`chmod 700 "${folder}"`);
    await chmod(folder, 0o700);
    await up(0);
  });

  test.each(SECRETS)("makes no new %s for a database that has one", async (secret) => {
    const file = join(folder, secret);
    const value = await readFile(file, "utf8");
    await rm(file);
    for (const state of ["up", "down"]) {
      if (state === "down") await instance.cli(["down", instance.name]);
      const { stderr } = await up(1);
      expect(stderr).toContain("[SECRET_MISSING]");
      expect(stderr).toContain(file);
      expect(await readdir(folder)).toEqual(SECRETS.filter((other) => other !== secret));
    }
    await writePrivate(file, value);
    await up(0);
    await writer.expectNothingLost();
  });

  test.each(SECRETS)("refuses an empty %s, and goes on once it is restored", async (secret) => {
    const file = join(folder, secret);
    const value = await readFile(file, "utf8");
    await writePrivate(file, "");
    const { stderr } = await up(1);
    expect(stderr).toContain("[SECRET_EMPTY]");
    expect(stderr).toContain(file);
    await writePrivate(file, value);
    await up(0);
    await writer.expectNothingLost();
  });

  test("with a password that the database does not know says how to make it take it; doing so mends it", async () => {
    const file = join(folder, "database_password");
    await writePrivate(file, "another-password-0123456789\n");
    const { stderr } = await up(1);
    expect(stderr).toContain("[SERVICE_FAILED]");
    const remedy = /docker compose exec .* <secrets\/database_password/.exec(stderr)?.[0] ?? "";
    expect(stderr).toContain(`n'accepte pas le mot de passe`);
    await execa("bash", ["-c", remedy], { cwd: instance.folder });
    await up(0);
    await writer.expectNothingLost();
    // The application has the new one, too: a sign-in asks the database.
    await expectSignIn(instance);
  });

  test("has a new secret_key reach the application, which then forgets who was signed in", async () => {
    const before = await instance.services();
    await writePrivate(join(folder, "secret_key"), "another-key-".repeat(5));
    await up(0);
    const after = await instance.services();
    expect(after["app"]?.id).not.toBe(before["app"]?.id);
    expect(after["db"]?.id).toBe(before["db"]?.id);
    const shell = "from django.conf import settings; print(settings.SECRET_KEY)";
    const { stdout } = await instance.compose("exec", "-T", "app", "python", "manage.py", "shell", "-c", shell);
    expect(stdout).toContain("another-key-another-key-");
    await expectSignIn(instance);
    await writer.expectNothingLost();
  });

  test("takes a rotated secret_key without signing anybody out, until the former one is forgotten", async () => {
    const { username, password } = application.superuser;
    const [used, idle] = [await trySignIn(instance, username, password), await trySignIn(instance, username, password)];
    const before = await instance.services();
    const { stdout } = await instance.cli(["secrets", "rotate", instance.name]);
    expect(stdout).toContain(`biomaid-compose up ${instance.name}`);
    await up(0);
    const after = await instance.services();
    for (const name of ["app", "cron"]) expect(after[name]?.id, name).not.toBe(before[name]?.id);
    expect(after["db"]?.id).toBe(before["db"]?.id);
    expect(await signedIn(instance, used)).toBe(true);

    const forgotten = await instance.cli(["secrets", "forget", instance.name, "--json"]);
    expect(JSON.parse(forgotten.stdout)).toMatchObject({ name: instance.name, changed: true });
    await up(0);
    expect(await signedIn(instance, idle)).toBe(false);
    const again = await instance.cli(["secrets", "forget", instance.name, "--lang", "fr"]);
    expect(again.stdout).toContain("rien n’a été modifié");
  });

  test("makes both anew for an instance without data", async () => {
    await writer.stop();
    await instance.cli(["down", instance.name, "--volumes", "--yes"]);
    await rm(folder, { recursive: true });
    await up(0);
    expect((await readdir(folder)).sort()).toEqual([...SECRETS].sort());
  });
});

/** In place of a file of mode 0444, as an operator would with an editor. */
async function writePrivate(file: string, text: string): Promise<void> {
  await rm(file, { force: true });
  await writeFile(file, text, { mode: 0o444 });
}
