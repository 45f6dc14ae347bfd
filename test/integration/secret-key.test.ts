import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { forgetSecret, replaceSecret } from "../../src/instance/secrets.ts";
import { TestInstance } from "./support/test-instance.ts";

let instance: TestInstance;

beforeAll(async () => {
  instance = await TestInstance.create();
  await instance.start("db");
  await instance.succeed();
});
afterAll(() => instance?.[Symbol.asyncDispose]());

/** What a script in the application's own shell prints as its last line. */
async function shell(...script: string[]): Promise<string> {
  const output = await instance.succeed(["manage", "shell", "-c", [...PRELUDE, ...script].join("\n")]);
  return output.match(/^value: (.*)$/m)?.[1] ?? "";
}

const PRELUDE = [
  "from django.conf import settings",
  "from django.contrib.auth import get_user_model, get_user",
  "from django.contrib.auth.tokens import default_token_generator as tokens",
  "from django.test import Client",
  "from django.http import HttpRequest",
  "from importlib import import_module",
  "user = get_user_model().objects.get(username='root')",
  "store = import_module(settings.SESSION_ENGINE).SessionStore",
];
const SIGN_IN = [
  "client = Client()",
  "client.force_login(user, 'common.auth_backends.MyAuthBackend')",
  "print('value:', client.session.session_key, tokens.make_token(user))",
];

/** As the middleware of Django does at each page. */
const used = (key: string): string[] => [
  "request = HttpRequest()",
  `request.session = store('${key}')`,
  "print('value:', get_user(request).is_authenticated, request.session.is_empty())",
  "request.session.save()",
];
const valid = (token: string): string[] => [`print('value:', tokens.check_token(user, '${token}'))`];

test("a new secret key leaves what the former one has signed valid, until that one is forgotten", async () => {
  const file = join(instance.instance.paths.secrets, "secret_key");
  const [visited = ""] = (await shell(...SIGN_IN)).split(" ");
  // A sign-in makes the tokens before it void.
  const [idle = "", token = ""] = (await shell(...SIGN_IN)).split(" ");

  await replaceSecret(file);
  expect(await shell(...used(visited))).toBe("True False");
  expect(await shell(...valid(token))).toBe("True");
  expect(await shell("print('value:', len(settings.SECRET_KEY), len(settings.SECRET_KEY_FALLBACKS))")).toBe("64 1");

  expect(await forgetSecret(file)).toBe(true);
  expect(await forgetSecret(file)).toBe(false);
  expect(await shell(...used(idle))).toMatch(/^False/);
  expect(await shell(...valid(token))).toBe("False");
  const [later = ""] = (await shell(...SIGN_IN)).split(" ");
  expect(await shell(...used(later))).toBe("True False");
});
