import { expect } from "vitest";
import type { TestInstance } from "./instance.ts";
import { application } from "./source.ts";

const PATH = "/common-afib/common/sign/";

/** Signs the superuser in, which takes the whole way: web, application and database. */
export async function expectSignIn(instance: TestInstance): Promise<void> {
  const { username, password } = application.superuser;
  expect(await signIn(instance, username, password)).toBeDefined();
}

/** The cookie of the session that the page gives for a login and a password; undefined when it refuses them. */
export async function signIn(instance: TestInstance, username: string, password: string): Promise<string | undefined> {
  const page = await instance.get(PATH);
  const token = /csrftoken=([^;]+)/.exec(page.headers.get("set-cookie") ?? "")?.[1] ?? "";
  const body = new URLSearchParams({ form: "sign-in", username, password, csrfmiddlewaretoken: token });
  const answer = await instance.get(PATH, { method: "POST", body, headers: { cookie: `csrftoken=${token}` } });
  if (answer.status === 200) return undefined;
  expect(answer.status).toBe(302);
  return answer.headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith("sessionid"))
    ?.split(";")[0];
}

/** Whether a session is still somebody's, asked of a page that takes an account. */
export async function signedIn(instance: TestInstance, cookie: string | undefined): Promise<boolean> {
  const { status } = await instance.get("/x/common/api/settings/", { headers: { cookie: cookie ?? "" } });
  return status === 200;
}
