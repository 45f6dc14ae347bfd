import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AGENT, ask, cookies, FORM } from "../support/http.ts";
import { signIn } from "../support/sign-in.ts";
import { ECHO } from "./support/echo.ts";
import type { RunningService } from "./support/running-service.ts";
import { TestInstance } from "./support/test-instance.ts";

/** What a proxy at https://biomaid.example.org says of a client. */
const FORWARDED = {
  "X-Forwarded-For": "203.0.113.7",
  "X-Forwarded-Proto": "https",
  "X-Forwarded-Host": "biomaid.example.org",
  "X-Forwarded-Port": "443",
};
const BELIEVED = {
  secure: true,
  host: "biomaid.example.org",
  HTTP_X_FORWARDED_PROTO: "https",
  HTTP_X_REAL_IP: "203.0.113.7",
};
const NOT_BELIEVED = { secure: false, host: "localhost", HTTP_X_FORWARDED_PROTO: "http" };

let instance: TestInstance;
let proxy: RunningService;
let stranger: RunningService;
let web: RunningService;

beforeAll(async () => {
  instance = await TestInstance.create({
    web: { hosts: ["localhost"], url: "https://biomaid.example.org", publish_demo: true },
  });
  await instance.configure("50-echo.py", ECHO);
  await instance.start("db");
  await instance.succeed();
  await instance.start("app");
  // Any image with Python, on web's network.
  const idle = { entrypoint: ["sleep"], command: ["infinity"] };
  proxy = await instance.launch("cron", idle);
  stranger = await instance.launch("cron", idle);
});
afterAll(() => instance?.[Symbol.asyncDispose]());

async function addressOf(service: RunningService): Promise<string> {
  const { NetworkSettings } = await service.inspect();
  return Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? "";
}

/** Makes web anew, with these proxies. */
async function trust(...proxies: string[]): Promise<void> {
  await web?.remove();
  await instance.setWeb({ trusted_proxies: proxies });
  web = await instance.start("web");
}

interface Sent {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  /** How many times, one after the other. */
  times?: number;
}

/** Requests that a container makes to web; each answer's status, and the last one's text. */
async function from(service: RunningService, sent: Sent): Promise<{ statuses: number[]; text: string }> {
  const python = `
import http.client, json, sys
sent = json.loads(sys.argv[1])
statuses = []
for turn in range(sent["times"]):
    connection = http.client.HTTPConnection("web", 8080)
    headers = {name: value.replace("TURN", str(turn)) for name, value in sent["headers"].items()}
    connection.request(sent["method"], sent["path"], headers=headers)
    answer = connection.getresponse()
    statuses.append(answer.status)
    text = answer.read().decode()
print(json.dumps({"statuses": statuses, "text": text}))
`;
  const { path = "/echo", method = "GET", headers = {}, times = 1 } = sent;
  const given = { path, method, times, headers: { Host: "localhost", ...AGENT, ...headers } };
  return JSON.parse(await service.read("python3", "-c", python, JSON.stringify(given)));
}

async function seenFrom(service: RunningService, headers: Record<string, string>): Promise<Record<string, string>> {
  return JSON.parse((await from(service, { headers })).text);
}

describe("a proxy that is named by its address", () => {
  beforeAll(async () => trust(await addressOf(proxy), "2001:db8::/32", "192.0.2.0/24"));

  test("is believed about the client, and about the address that it typed", async () => {
    const seen = await seenFrom(proxy, FORWARDED);
    expect(seen).toMatchObject(BELIEVED);
    expect(seen["HTTP_X_FORWARDED_FOR"]).toBe("203.0.113.7");
    expect(seen["HTTP_X_FORWARDED_HOST"] ?? "").toBe("");
    expect(await web.output()).toMatch(/^203\.0\.113\.7 .*"GET \/echo/m);
  });

  test.each<[Record<string, string>, string]>([
    [{ Host: "biomaid.example.org" }, "biomaid.example.org"],
    [{ Host: "localhost", "X-Forwarded-Port": "8443" }, "localhost:8443"],
    [{ Host: "localhost:9000", "X-Forwarded-Port": "8443" }, "localhost:9000"],
    [{ Host: "10.0.0.1", "X-Forwarded-Host": "localhost:444" }, "localhost:444"],
    [{ "X-Forwarded-Host": "biomaid.example.org", "X-Forwarded-Port": "8443" }, "biomaid.example.org:8443"],
    [{ "X-Forwarded-Host": "biomaid.example.org", "X-Forwarded-Port": "80" }, "biomaid.example.org"],
    [{ "X-Forwarded-Host": 'a"b', "X-Forwarded-Port": "x" }, "localhost"],
  ])("with %j, the application is at %s", async (headers, host) => {
    expect(await seenFrom(proxy, headers)).toMatchObject({ host });
  });

  test("passes on what the client made up about itself without its being believed", async () => {
    const address = await addressOf(proxy);
    for (const chain of ["127.0.0.1, 203.0.113.7", `127.0.0.1, 203.0.113.7, ${address}`, "198.51.100.9, 203.0.113.7"]) {
      expect(await seenFrom(proxy, { "X-Forwarded-For": chain })).toMatchObject({
        HTTP_X_REAL_IP: "203.0.113.7",
        HTTP_X_FORWARDED_FOR: "203.0.113.7",
      });
    }
    const { statuses } = await from(proxy, { path: "/nginx-health", headers: { "X-Forwarded-For": "127.0.0.1" } });
    expect(statuses).toEqual([404]);
  });

  test("may not send people to names that are not the instance's", async () => {
    const { statuses } = await from(proxy, { headers: { "X-Forwarded-Host": "evil.example" } });
    expect(statuses).toEqual([400]);
  });

  test("has sessions asked for under the name that its client typed", async () => {
    const Cookie = cookies(await signIn(await web.port(8080), "root", "introuvable"));
    const headers = { Host: "10.0.0.1", "X-Forwarded-Host": "biomaid.example.org" };
    expect((await from(proxy, { path: "/media/none", headers: { ...headers, Cookie } })).statuses).toEqual([404]);
    expect((await from(proxy, { path: "/media/none", headers })).statuses).toEqual([403]);
  });

  test("is the only one that is believed", async () => {
    const seen = await seenFrom(stranger, FORWARDED);
    expect(seen).toMatchObject(NOT_BELIEVED);
    expect(seen["HTTP_X_REAL_IP"]).toBe(await addressOf(stranger));
    expect(JSON.stringify(seen)).not.toContain("203.0.113.7");
    const answer = await ask(await web.port(8080), "/echo", { headers: { ...AGENT, ...FORWARDED } });
    expect(JSON.parse(answer.text)).toMatchObject(NOT_BELIEVED);
  });

  test("has its clients counted one by one where attempts to sign in are limited", async () => {
    const attempts = { path: "/x/common/sign/", method: "POST", headers: FORM, times: 60 };
    const by = (address: string) => ({ ...attempts, headers: { ...FORM, "X-Forwarded-For": address } });
    const refused = ({ statuses }: { statuses: number[] }): number =>
      statuses.filter((status) => status === 429).length;
    expect(refused(await from(proxy, by("198.51.100.TURN")))).toBe(0);
    expect(refused(await from(proxy, by("203.0.113.99")))).toBeGreaterThan(0);
    expect(refused(await from(stranger, by("198.51.100.TURN")))).toBeGreaterThan(0);
  });
});

describe("a proxy of this machine", () => {
  beforeAll(() => trust("host"));

  test("is believed when it comes through the port that is published on loopback", async () => {
    const answer = await ask(await web.port(8080), "/echo", { headers: { ...AGENT, ...FORWARDED } });
    expect(JSON.parse(answer.text)).toMatchObject(BELIEVED);
  });

  test("is not taken for another container", async () => {
    expect(await seenFrom(stranger, FORWARDED)).toMatchObject(NOT_BELIEVED);
  });

  test("is known again when web starts anew", async () => {
    await web.stop(20);
    await web.start();
    await web.healthy();
    const answer = await ask(await web.port(8080), "/echo", { headers: { ...AGENT, ...FORWARDED } });
    expect(JSON.parse(answer.text)).toMatchObject(BELIEVED);
  });
});

describe("a proxy that is not named", () => {
  beforeAll(() => trust());

  test("that has the HTTPS and keeps the name still lets people sign in: web.url is what it is at", async () => {
    const headers = {
      Host: "biomaid.example.org",
      Origin: "https://biomaid.example.org",
      "X-Forwarded-Proto": "https",
    };
    const port = await web.port(8080);
    const answer = await signIn(port, "root", "introuvable", { headers });
    for (const cookie of answer.headers["set-cookie"] ?? []) expect(cookie).toMatch(/; Secure(;|$)/);
    expect(cookies(answer)).toMatch(/sessionid_/);
    const evil = { ...headers, Origin: "https://evil.example" };
    await expect(signIn(port, "root", "introuvable", { headers: evil })).rejects.toThrow("403");
  });
});
