import { expect } from "vitest";
import type { TestInstance } from "./instance.ts";
import { application } from "./source.ts";

/** Signs the superuser in, which takes the whole way: web, application and database. */
export async function expectSignIn(instance: TestInstance): Promise<void> {
  const path = "/common-afib/common/sign/";
  const page = await instance.get(path);
  const token = /csrftoken=([^;]+)/.exec(page.headers.get("set-cookie") ?? "")?.[1] ?? "";
  const { username, password } = application.superuser;
  const body = new URLSearchParams({ form: "sign-in", username, password, csrfmiddlewaretoken: token });
  const answer = await instance.get(path, { method: "POST", body, headers: { cookie: `csrftoken=${token}` } });
  expect(answer.status).toBe(302);
}
