import { expect } from "vitest";
import { AGENT, type Answer, type Asked, ask, cookies, FORM } from "./http.ts";
import type { TestInstance } from "./instance.ts";
import { application } from "./source.ts";

export const SIGN_IN = "/common-afib/common/sign/";

/**
 * Signs a demo user in through the page, as a browser does that sends the form's origin.
 *
 * @param port of 127.0.0.1
 * @returns the answer with the session
 */
export async function signIn(port: number, username: string, password: string, asked: Asked = {}): Promise<Answer> {
  const headers = { ...AGENT, ...asked.headers };
  const page = await ask(port, SIGN_IN, { ...asked, headers });
  const token = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
  const form = new URLSearchParams({ form: "sign-in", username, password, csrfmiddlewaretoken: token });
  const answer = await ask(port, SIGN_IN, {
    ...asked,
    method: "POST",
    headers: { ...headers, ...FORM, Cookie: cookies(page) },
    body: form.toString(),
  });
  if (answer.status !== 302) throw new Error(`sign-in answered ${answer.status}`);
  return answer;
}

/** What those who are signed in send with each request. */
export interface Session {
  cookie: string;
  /** For forms (Django's csrfmiddlewaretoken). */
  token: string;
}

export async function openSession(port: number, { username, password }: typeof application.user): Promise<Session> {
  const cookie = cookies(await signIn(port, username, password));
  return { cookie, token: /csrftoken=([^;]+)/.exec(cookie)?.[1] ?? "" };
}

/** Signs the superuser in, which takes the whole way: web, application and database. */
export async function expectSignIn(instance: TestInstance): Promise<void> {
  const { username, password } = application.superuser;
  await signIn(instance.port, username, password);
}

/** The cookie of the session that the page gives for a login and a password; undefined when it refuses them. */
export async function trySignIn(
  instance: TestInstance,
  username: string,
  password: string,
): Promise<string | undefined> {
  const page = await instance.get(SIGN_IN);
  const token = /csrftoken=([^;]+)/.exec(page.headers.get("set-cookie") ?? "")?.[1] ?? "";
  const body = new URLSearchParams({ form: "sign-in", username, password, csrfmiddlewaretoken: token });
  const answer = await instance.get(SIGN_IN, { method: "POST", body, headers: { cookie: `csrftoken=${token}` } });
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
