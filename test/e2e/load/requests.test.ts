import { setTimeout as sleep } from "node:timers/promises";
import { type Dispatcher, Pool } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Consumption, consumptionOf, filesIn, grown } from "../../support/consumption.ts";
import { startInstance, type TestInstance } from "../../support/instance.ts";
import { openSession, type Session, SIGN_IN } from "../../support/sign-in.ts";
import { application } from "../../support/source.ts";
import { uploadForm } from "../../support/upload.ts";

const REQUESTS = 10_000;
const CONNECTIONS = 8;
const WARM_UP = 500;
const SERVICES = ["web", "app", "db"] as const;
const MEGABYTE = 2 ** 20;

type Kind = { name: string; status: number; options: (number: number) => Dispatcher.RequestOptions };

let instance: TestInstance;
let pool: Pool;

beforeAll(async () => {
  instance = await startInstance();
  pool = new Pool(`http://127.0.0.1:${instance.port}`, { connections: CONNECTIONS });
});
afterAll(async () => {
  await pool?.close();
  await instance?.[Symbol.asyncDispose]();
});

test(
  "10,000 mixed requests at 8 connections are all answered, and leave nothing behind",
  async () => {
    const kinds = await mixture();
    await run(kinds, WARM_UP);
    const before = await look();
    const filesBefore = await files();

    const started = performance.now();
    const answers = await run(kinds, REQUESTS);
    const seconds = (performance.now() - started) / 1000;

    // Where gunicorn has closed a connection and the database's process of it has not ended yet.
    await sleep(2000);
    const after = await look();
    console.log(`${REQUESTS} requests in ${seconds.toFixed(1)} s: ${Math.round(REQUESTS / seconds)} per second`);
    console.table(answers);
    console.table(
      Object.fromEntries(
        SERVICES.flatMap((name) => [
          [`${name} before`, before[name]],
          [`${name} after`, after[name]],
        ]),
      ),
    );

    for (const { name, status } of kinds) expect(Object.keys(answers[name] ?? {}), name).toEqual([String(status)]);
    expect(Object.values(answers).reduce((total, counts) => total + sum(counts), 0)).toBe(REQUESTS);
    for (const name of SERVICES) expectNoLeak(name, before[name], after[name]);

    const filesAfter = await files();
    const left = grown(filesBefore, filesAfter);
    expect(left.filter((path) => !EXPECTED_TO_GROW.test(path))).toEqual([]);
    const stored = left.filter((path) => path.startsWith("/srv/biomaid/media/"));
    for (const bytes of [SMALL, LARGE]) {
      const count = stored.filter((path) => filesAfter.get(path) === bytes).length;
      expect(count, uploadsOf(bytes)).toBe(sum(answers[uploadsOf(bytes)]));
      expect(count).toBeGreaterThanOrEqual(REQUESTS / 100);
    }
  },
  10 * 60_000,
);

/** Uploads, logs (of a job that is due meanwhile, too), and the file cache, which has a maximum of its own (Django's MAX_ENTRIES). */
const EXPECTED_TO_GROW =
  /^\/srv\/biomaid\/media\/|^\/srv\/biomaid\/log\/(app|cron)\.jsonl$|^\/srv\/biomaid\/log\/jobs\/|^\/var\/tmp\/django_cache\//;

function sum(counts: Record<string, number> = {}): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

async function files(): Promise<Map<string, number>> {
  const { app, web } = await instance.services();
  const ours = await filesIn(
    app?.id ?? "",
    "/srv/biomaid/media",
    "/srv/biomaid/log",
    "/srv/biomaid/state",
    "/var/tmp",
    "/tmp",
    "/run/biomaid",
  );
  return new Map([...ours, ...(await filesIn(web?.id ?? "", "/var/cache/nginx", "/tmp"))]);
}

async function look(): Promise<Record<(typeof SERVICES)[number], Consumption>> {
  const containers = await instance.services();
  const [web, app, db] = await Promise.all(SERVICES.map((name) => consumptionOf(containers[name]?.id ?? "")));
  return { web, app, db } as Record<(typeof SERVICES)[number], Consumption>;
}

function expectNoLeak(name: string, before: Consumption, after: Consumption): void {
  expect(after, name).toMatchObject({ restarts: 0, outOfMemory: false, zombies: 0 });
  // PostgreSQL may be cleaning tables up just then (autovacuum).
  expect(after.processes, name).toBeLessThanOrEqual(before.processes + (name === "db" ? 4 : 0));
  expect(after.files, name).toBeLessThanOrEqual(before.files * 1.2 + 20);
  expect(after.memory, name).toBeLessThanOrEqual(before.memory * 1.25 + 32 * MEGABYTE);
}

/** Answers by kind and status, or the error's message. */
async function run(kinds: Kind[], count: number): Promise<Record<string, Record<string, number>>> {
  const answers: Record<string, Record<string, number>> = {};
  let next = 0;
  const client = async (): Promise<void> => {
    for (let number = next++; number < count; number = next++) {
      const kind = kinds[number % kinds.length] as Kind;
      const outcome = await ask(kind.options(number)).catch((error: Error) => error.message);
      answers[kind.name] ??= {};
      const counts = answers[kind.name] as Record<string, number>;
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  return answers;
}

async function ask(options: Dispatcher.RequestOptions): Promise<string> {
  const headers = { host: `localhost:${instance.port}`, "user-agent": "load", ...(options.headers as object) };
  const { statusCode, body } = await pool.request({ ...options, headers });
  await body.dump();
  return String(statusCode);
}

/** One request in a hundred is each of these; kinds that stand there more often are asked for more often. */
async function mixture(): Promise<Kind[]> {
  const page = await instance.get(SIGN_IN);
  const [stylesheet = ""] = /\/static\/[^"]+\.css/.exec(await page.text()) ?? [];
  const etag = (await instance.get(stylesheet)).headers.get("etag") ?? "";
  const get = (name: string, path: string, status: number, headers = {}): Kind => ({
    name,
    status,
    options: () => ({ method: "GET", path, headers }),
  });
  const kinds = {
    page: get("sign-in page", SIGN_IN, 200),
    redirect: get("redirect", "/", 302),
    stylesheet: get("static file", stylesheet, 200),
    unchanged: get("static file, not modified", stylesheet, 304, { "if-none-match": etag }),
    missing: get("media file of others", "/media/none.pdf", 403),
    private: get("page behind the sign-in", "/geqip-chuap/common/api/settings/", 302),
  };
  const session = await openSession(instance.port, application.user);
  const others = [...(await uploadKinds(session)), ...otherKinds(session)];
  const often = (kind: Kind, times: number): Kind[] => Array.from({ length: times }, () => kind);
  const { page: signIn, redirect, stylesheet: css, unchanged, missing, private: secret } = kinds;
  const all = [
    ...often(signIn, 30),
    ...often(redirect, 15),
    ...often(css, 25),
    ...often(unchanged, 10),
    ...often(missing, 5),
    ...often(secret, 5),
  ];
  while (all.length < 100) all.push(...others);
  // 37 and 100 have no common divisor: the kinds are spread evenly.
  return all.slice(0, 100).map((_, index, { length }) => all[(index * 37) % length] as Kind);
}

/** Two sizes of upload: 2.5 MB and more Django puts into a file of its own first (FILE_UPLOAD_MAX_MEMORY_SIZE). */
const SMALL = 100_000;
const LARGE = 3_000_000;

async function uploadKinds(session: Session): Promise<Kind[]> {
  return [SMALL, LARGE].map((bytes) => {
    const { status } = uploadForm(session, "", new Blob([]));
    let count = 0;
    return {
      name: uploadsOf(bytes),
      status,
      options() {
        // BiomAid keeps one file of those that are the same.
        const name = `load-${bytes}-${String(++count).padStart(5, "0")}.bin`;
        const content = new Blob([name, new Uint8Array(bytes - name.length).fill(65)]);
        const { path, body } = uploadForm(session, name, content);
        return { method: "POST", path, headers: { cookie: session.cookie }, body };
      },
    };
  });
}

function uploadsOf(bytes: number): string {
  return `upload of ${bytes} bytes`;
}

/** What else the application is asked for by those who are signed in, and for rows where it is the sample. */
function otherKinds({ cookie }: Session): Kind[] {
  const page = application.isSample ? "/x/dem/suppliers/" : "/geqip-chuap/dem/";
  const signedIn: Kind = {
    name: "page of somebody",
    status: 200,
    options: () => ({ method: "GET", path: page, headers: { cookie } }),
  };
  if (!application.isSample) return Array.from({ length: 8 }, () => signedIn);
  const rows: Kind = {
    name: "row",
    status: 201,
    options: (number) => ({
      method: "POST",
      path: "/x/sample/rows/",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `label=load-${number}`,
    }),
  };
  const count: Kind = {
    name: "count of rows",
    status: 200,
    options: () => ({ method: "GET", path: "/x/sample/rows/" }),
  };
  return [rows, rows, rows, rows, count, count, signedIn, signedIn];
}
