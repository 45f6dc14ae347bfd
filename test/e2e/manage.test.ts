import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { printed } from "../support/cli.ts";
import { containersOf } from "../support/engine.ts";
import { startInstance, type TestInstance } from "../support/instance.ts";
import { CTRL_C } from "../support/terminal.ts";

const UNTIL_ENDED = "import time; print('asleep', flush=True); time.sleep(600)";

describe("manage and psql", () => {
  let instance: TestInstance;
  let services: string[];

  beforeAll(async () => {
    instance = await startInstance();
    services = (await containersOf(instance.project)).map(({ id }) => id).sort();
  });
  afterAll(() => instance?.[Symbol.asyncDispose]());

  const shell = (python: string) => ["manage", instance.name, "--", "shell", "-c", python];
  const containers = async () => (await containersOf(instance.project)).map(({ id }) => id).sort();

  test("manage runs a command of the application and gives its answer", async () => {
    const { stdout } = await instance.cli(["manage", instance.name, "--", "check"]);
    expect(stdout).toMatch(/System check identified|Aucun problème|no issues/);
  });

  test("manage passes stdin on, and outside a terminal changes no byte of the answer", async () => {
    const input = "import sys\nprint('6 × 7 =', 6 * 7, sys.stdin.isatty(), sys.stdout.isatty())\n";
    const { stdout } = await instance.cli(["manage", instance.name, "--", "shell"], { input });
    expect(stdout).toContain("6 × 7 = 42 False False\n");
    expect(stdout).not.toContain("\r");
  });

  test("manage passes arguments as they are and gives the command's own exit status", async () => {
    const { stdout } = await instance.cli(shell(`import sys; print("a  'b' $HOME *"); sys.exit(7)`), { exitStatus: 7 });
    expect(stdout).toContain("a  'b' $HOME *\n");
    await instance.cli(["manage", instance.name, "--", "no_such_command"], { exitStatus: 1 });
  });

  test("manage gives a terminal to the command where there is one, and Ctrl-C ends it", async () => {
    const terminal = instance.onTerminal(shell(`import sys; print(sys.stdin.isatty(), 'tty'); ${UNTIL_ENDED}`));
    await terminal.shows("True tty");
    await terminal.shows("asleep");
    terminal.type(CTRL_C);
    const { exitStatus, screen } = await terminal.ended();
    expect(screen).toContain("KeyboardInterrupt");
    expect(exitStatus).not.toBe(0);
    expect(await containers()).toEqual(services);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s ends a manage command and leaves no container", async (signal) => {
    const command = instance.startCli(shell(UNTIL_ENDED));
    await printed(command, "asleep");
    const start = performance.now();
    command.kill(signal);
    const { exitCode } = await command;
    expect(performance.now() - start).toBeLessThan(9000); // 10 s would be Docker's SIGKILL
    expect(exitCode).not.toBe(0);
    expect(await containers()).toEqual(services);
  });

  test("psql reads a script and gives psql's own exit status", async () => {
    const script = "select 'é' || 1;\nselect 2;\n";
    const { stdout } = await instance.cli(["psql", instance.name, "--", "-At"], { input: script });
    expect(stdout).toBe("é1\n2\n");
    const wrong = await instance.cli(["psql", instance.name, "--", "-v", "ON_ERROR_STOP=1"], {
      input: "select * from nowhere;\n",
      exitStatus: 3,
    });
    expect(wrong.stderr).toContain("nowhere");
  });

  test("SIGINT ends a psql command and leaves no container", async () => {
    const command = instance.startCli([
      "psql",
      instance.name,
      "--",
      "-At",
      "-c",
      "select 'asleep'",
      "-c",
      "select pg_sleep(600)",
    ]);
    await printed(command, "asleep");
    command.kill("SIGINT");
    expect((await command).exitCode).not.toBe(0);
    expect(await containers()).toEqual(services);
  });

  test("--verbose shows the commands that are run, and no secret", async () => {
    const { stdout, stderr } = await instance.cli(["psql", instance.name, "--verbose", "--", "-At", "-c", "select 1"]);
    expect(stdout).toBe("1\n");
    expect(stderr).toContain("$ docker compose run");
    const { stdout: password } = await instance.compose("exec", "-T", "db", "cat", "/run/secrets/database_password");
    expect(password).toHaveLength(64);
    expect(stderr).not.toContain(password);
  });

  test("down removes what a killed command has left running", async () => {
    const command = instance.startCli(shell(UNTIL_ENDED));
    await printed(command, "asleep");
    command.kill("SIGKILL");
    expect(await containers()).toHaveLength(services.length + 1);
    await instance.cli(["down", instance.name]);
    expect(await containersOf(instance.project)).toEqual([]);
    expect((await command).signal).toBe("SIGKILL");
  });

  test("an instance that is down says so", async () => {
    for (const command of ["manage", "psql"]) {
      const { stderr } = await instance.cli([command, instance.name, "--", "check"], { exitStatus: 1 });
      expect(stderr).toContain("[INSTANCE_DOWN]");
      expect(stderr).toContain(`biomaid-compose up ${instance.name}`);
    }
    expect(await containersOf(instance.project)).toEqual([]);
  });
});
