import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestInstance } from "./support/test-instance.ts";

let instance: TestInstance;

beforeAll(async () => {
  instance = await TestInstance.create();
  await instance.start("db");
  await instance.succeed();
});
afterAll(() => instance?.[Symbol.asyncDispose]());

/** @param secrets those of the service that asks; of init unless given */
async function setting(name: string, secrets = instance.definition("init").secrets ?? []): Promise<string> {
  const script = `from django.conf import settings; print("value:", repr(settings.${name}))`;
  return (await instance.succeed(["manage", "shell", "-c", script], { secrets })).match(/^value: (.*)$/m)?.[1] ?? "";
}

describe("settings.d", () => {
  test("is read in the order of the names, with the settings so far at hand", async () => {
    await instance.write(
      "settings.d/10-first.py",
      "ADMINS = [('A', 'a@example.org')]\nINSTALLED_APPS += ['django.contrib.sitemaps']\n",
    );
    await instance.configure("20-second.py", "ADMINS += [('B', 'b@example.org')]\nunkept = 1\n");
    expect(await setting("ADMINS")).toBe("[('A', 'a@example.org'), ('B', 'b@example.org')]");
    expect(await setting("INSTALLED_APPS")).toMatch(/'dem'.*'django.contrib.sitemaps'/);
    await instance.removeSettings();
  });

  // Upstream takes a missing module here for "no instance_settings" and would go on with its own settings.
  test.each([
    [
      "a missing module",
      "import os\nimport module_that_is_not_there\n",
      /10-broken\.py:2: ModuleNotFoundError: .*module_that_is_not_there/,
    ],
    [
      "a missing name of a module",
      "\n\nfrom os import nothing_like_it\n",
      /10-broken\.py:3: ImportError: .*nothing_like_it/,
    ],
    ["a syntax error", "DEBUG = True\nALLOWED_HOSTS = [\n", /10-broken\.py:2: SyntaxError: /],
    ["an error in a function", "def f():\n    return 1 / 0\nf()\n", /10-broken\.py:2: ZeroDivisionError: /],
  ])("%s stops every command with a message that names file and line", async (_fault, python, message) => {
    await instance.configure("10-broken.py", python);
    for (const command of [["init"], ["manage", "check"], ["manage", "migrate"]]) {
      const { status, output } = await instance.run(command);
      expect(status, command.join(" ")).not.toBe(0);
      expect(output).toMatch(message);
      expect(output).toContain("/etc/biomaid/settings.d/10-broken.py");
      expect(output).not.toContain("Going on without instance_settings");
      expect(output).not.toContain("Traceback");
    }
    await instance.removeSettings();
  });

  test("stops the application too, instead of serving with other settings", async () => {
    await instance.configure("10-broken.py", "import module_that_is_not_there\n");
    const app = await instance.launch("app", { restart: "no" });
    const { status, output } = await app.ended();
    expect(status).not.toBe(0);
    expect(output).toMatch(/10-broken\.py:1: ModuleNotFoundError/);
    await instance.removeSettings();
  });
});

describe("settings.d that the container's user may not read", () => {
  test.each([
    ["a folder", 0o700, 0o644, "/etc/biomaid/settings.d"],
    ["a file", 0o755, 0o600, "/etc/biomaid/settings.d/10-mail.py"],
  ])("(%s) stops every command instead of being passed over", async (_what, folderMode, fileMode, path) => {
    await instance.configure("10-mail.py", "EMAIL_HOST = 'mail.invalid'\n");
    const folder = instance.instance.paths.settings;
    await chmod(join(folder, "10-mail.py"), fileMode);
    await chmod(folder, folderMode);
    for (const command of [["init"], ["manage", "check"]]) {
      const { status, output } = await instance.run(command);
      expect(status, command.join(" ")).not.toBe(0);
      expect(output).toContain(`${path} cannot be read`);
      expect(output).toContain(`${path} est illisible`);
      expect(output).toContain("chmod -R a+rX settings.d");
      expect(output).not.toContain("Traceback");
    }
    await instance.removeSettings();
  });
});

describe("the instance's settings", () => {
  test("are those of settings.json and the secrets", async () => {
    expect(await setting("DEBUG")).toBe("False");
    expect(await setting("ALLOWED_HOSTS")).toBe("['localhost', '127.0.0.1', '[::1]']");
    expect(await setting("DEFAULT_DOMAIN")).toBe("'http://localhost:8080'");
    expect(await setting("SESSION_COOKIE_NAME")).toBe(`'sessionid_${instance.instance.name.replace("-", "_")}'`);
    expect(await setting("SECRET_KEY")).toBe(`'${await instance.secret("secret_key")}'`);
  });
});

describe("the database of the maintenance software", () => {
  const databases = async (): Promise<string> => setting("DATABASES", instance.definition("app").secrets ?? []);

  test("is there when it is set, its password read from a file that init does not have", async () => {
    expect(await setting("DATABASES")).not.toContain("gmao");
    // The ones with faults above have left something to do.
    await instance.succeed(["init"]);
    const password = "gm@o-of-the-tests";
    await instance.write("secrets/gmao_password", `${password}\n`);
    const gmao = { host: "oracle.invalid", port: 1521, name: "ASSET", user: "reader", password_file: "gmao_password" };
    Object.assign(instance.instance.settings, { gmao });
    await instance.generate();
    const expected = `'gmao': {'ENGINE': 'oraclenvc', 'HOST': 'oracle.invalid', 'PORT': '1521', 'NAME': 'ASSET', 'USER': 'reader', 'PASSWORD': '${password}'`;
    expect(await databases()).toContain(expected);
    // init never asks that database anything.
    expect(instance.definition("init").secrets).not.toContain("gmao_password");
    expect(await setting("DATABASES")).toContain("'USER': 'reader', 'PASSWORD': ''");
    expect(await instance.succeed(["init"])).toContain("nothing to do");
    for (const service of ["app", "cron", "init"] as const)
      expect(JSON.stringify(instance.definition(service)), service).not.toContain(password);
    Reflect.deleteProperty(instance.instance.settings, "gmao");
    await instance.generate();
  });
});

test("the debug toolbar without its package stops init, and says what to install", async () => {
  await using other = await TestInstance.create({
    beside: instance,
    application: { debug: true, debug_toolbar: true },
  });
  const { status, output } = await other.run();
  expect(status).toBe(1);
  expect(output).toContain("add the group dev to application.groups");
  expect(output).not.toContain("Traceback");
});
