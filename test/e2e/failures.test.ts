import { appendFile, cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { printed } from "../support/cli.ts";
import { containersOf, volumesOf } from "../support/engine.ts";
import { newInstance } from "../support/instance.ts";
import { listen } from "../support/ports.ts";
import { application } from "../support/source.ts";
import { CTRL_C } from "../support/terminal.ts";

describe("up that fails", () => {
  test("on a taken port says which, and where to choose another", async () => {
    await using instance = await newInstance();
    await using _other = await listen(instance.port);
    const { stderr } = await instance.create({ exitStatus: 1 });
    expect(stderr).toContain("[PORT_TAKEN]");
    expect(stderr).toContain(`Port ${instance.port} of 127.0.0.1`);
    expect(stderr).toContain(join(instance.folder, "instance.yaml"));
    expect(await containersOf(instance.project)).toEqual([]);
  });

  test("on a folder without poetry.lock names what is missing", async () => {
    await using instance = await newInstance();
    const folder = join(instance.home, "source");
    await mkdir(folder);
    for (const file of ["manage.py", "pyproject.toml"]) await cp(join(application.folder, file), join(folder, file));
    const { stderr } = await instance.create({ source: ["--source", folder], exitStatus: 1 });
    expect(stderr).toContain("[SOURCE_NOT_BIOMAID]");
    expect(stderr).toContain("poetry.lock");
  });

  test("without an engine says how to reach one", async () => {
    await using instance = await newInstance();
    const env = { DOCKER_HOST: `unix://${instance.home}/no.sock` };
    const { stderr } = await instance.create({ env, exitStatus: 1 });
    expect(stderr).toContain("[ENGINE_UNREACHABLE]");
    expect(stderr).toContain("no.sock");
  });

  test("on settings with a fault shows init's last lines, and goes on once the fault is mended", async () => {
    await using instance = await newInstance();
    const [, , ...options] = instance.creation();
    await instance.cli(["init", instance.name, ...options]);
    const settings = join(instance.folder, "settings.d");
    await mkdir(settings);
    await writeFile(join(settings, "50-site.py"), "ADMINS = [\n\nEMAIL_HOST = 'mail.invalid'\n");

    const { stderr } = await instance.cli(["up", instance.name], { exitStatus: 1 });
    expect(stderr).toContain("[SERVICE_FAILED]");
    expect(stderr).toContain("50-site.py");
    expect(stderr).toContain(`biomaid-compose logs ${instance.name} init`);
    expect(stderr).toContain(`biomaid-compose up ${instance.name}`);

    await writeFile(join(settings, "50-site.py"), "EMAIL_HOST = 'mail.invalid'\n");
    await instance.cli(["up", instance.name]);
    const shell = "from django.conf import settings; print(settings.EMAIL_HOST)";
    const { stdout } = await instance.cli(["manage", instance.name, "--", "shell", "-c", shell]);
    expect(stdout).toContain("mail.invalid\n");
    await rm(settings, { recursive: true });
  });
});

test("up of an instance whose settings.d is closed starts nothing, and says how to open it", async () => {
  await using instance = await newInstance();
  const [, , ...options] = instance.creation();
  await instance.cli(["init", instance.name, ...options]);
  const settings = join(instance.folder, "settings.d");
  await mkdir(settings);
  await writeFile(join(settings, "50-site.py"), "EMAIL_HOST = 'mail.invalid'\n", { mode: 0o600 });
  const { stderr } = await instance.cli(["up", instance.name], { exitStatus: 1 });
  expect(stderr).toContain("[FOLDER_CLOSED]");
  expect(stderr).toContain(`chmod -R a+rX ${settings}`);
  expect(await containersOf(instance.project)).toEqual([]);
});

test("up of an instance with an extra that the source does not have builds nothing, and leaves nothing", async () => {
  await using instance = await newInstance();
  const { stderr } = await instance.cli([...instance.creation(), "--extra", "ldpa"], { exitStatus: 2 });
  expect(stderr).toContain("[DEPENDENCIES_UNKNOWN]");
  expect(stderr).toContain('Did you mean "ldap"?');
  expect(await readdir(instance.home)).not.toContain(instance.name);
});

test("up with a local folder of another version starts nothing, and says which apps it lacks", async () => {
  await using instance = await newInstance();
  const [, , ...options] = instance.creation();
  await instance.cli(["init", instance.name, ...options]);
  await instance.cli(["local", "copy", instance.name]);
  await appendFile(join(instance.folder, "local", "settings.py"), '\nINSTALLED_APPS.remove("dem")\n');
  const { stderr } = await instance.cli(["up", instance.name], { exitStatus: 1 });
  expect(stderr).toContain("[LOCAL_APPS_MISSING]");
  expect(stderr).toMatch(/leaves to it: dem\./);
  expect(await containersOf(instance.project)).toEqual([]);
});

describe("Ctrl-C during up", () => {
  test("as a signal ends it with 130, and the same command goes on", async () => {
    await using instance = await newInstance();
    const up = instance.startCli(instance.creation());
    await printed(up, `Starting ${instance.name}`);
    // Compose creates networks and volumes first: this is in the middle of its work.
    while ((await volumesOf(instance.project)).length === 0) await new Promise((done) => setTimeout(done, 20));
    up.kill("SIGINT");
    const { exitCode, stderr } = await up;
    expect(stderr).toContain("[INTERRUPTED]");
    expect(exitCode).toBe(130);

    await instance.create();
    expect((await fetch(`${instance.url}/`)).status).toBe(200);
  });

  test("typed at a terminal does too", async () => {
    await using instance = await newInstance();
    const terminal = instance.onTerminal(instance.creation());
    await terminal.shows(`Starting ${instance.name}`);
    while ((await containersOf(instance.project)).length === 0) await new Promise((done) => setTimeout(done, 20));
    terminal.type(CTRL_C);
    const { exitStatus, screen } = await terminal.ended();
    expect(screen).toContain("[INTERRUPTED]");
    expect(exitStatus).toBe(130);
    await instance.create();
    expect((await fetch(`${instance.url}/`)).status).toBe(200);
  });
});
