import Dockerode from "dockerode";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesIn } from "../../support/consumption.ts";
import { startInstance, type TestInstance } from "../../support/instance.ts";

const MB = 1_000_000;
const LINE = "x".repeat(1000);
/** More than both the engine (3 × 10 MB) and the log volume (6 × 10 MB) keep. */
const LINES = 75_000;

let instance: TestInstance;
beforeAll(async () => {
  instance = await startInstance();
});
afterAll(() => instance?.[Symbol.asyncDispose]());

const container = async (service: string): Promise<string> => (await instance.services())[service]?.id ?? "";

/** Lines into the standard output that a process of the container already has. */
async function write(service: string, process: string): Promise<void> {
  const script = `awk 'BEGIN { for (n = 1; n <= ${LINES}; n++) print "line " n " ${LINE}" }' >/proc/${process}/fd/1`;
  await execa("docker", ["exec", await container(service), "bash", "-c", script]);
}

/** Bytes and lines that the engine has kept of a container's output. */
async function kept(service: string): Promise<{ bytes: number; numbers: number[] }> {
  const { all } = await execa("docker", ["logs", await container(service)], { all: true, maxBuffer: 100 * MB });
  return { bytes: all.length, numbers: [...all.matchAll(/^line (\d+) x/gm)].map(([, number]) => Number(number)) };
}

/** The newest lines without a gap, and no more of them than the engine's three files hold. */
async function expectRotated(service: string): Promise<void> {
  await expect.poll(async () => (await kept(service)).numbers.at(-1), { timeout: 30_000, interval: 500 }).toBe(LINES);
  const { bytes, numbers } = await kept(service);
  const first = numbers[0] ?? 0;
  expect(numbers).toEqual(Array.from({ length: LINES - first + 1 }, (_, index) => first + index));
  expect(bytes).toBeLessThan(30 * MB);
  expect(bytes).toBeGreaterThan(15 * MB);
}

describe.each(["app", "cron"])("the output of %s, 75 MB of it", (service) => {
  test("is kept as 30 MB by the engine and as 60 MB on the log volume, the newest lines of it", async () => {
    const program = service === "app" ? "gunicorn" : "supercronic";
    const find = `for p in /proc/[0-9]*; do case "$(tr '\\0' ' ' <$p/cmdline)" in /*bin/${program}*) echo \${p#/proc/}; break;; esac; done`;
    const { stdout: process } = await execa("docker", ["exec", await container(service), "sh", "-c", find]);
    await write(service, process);
    await expectRotated(service);

    const sizes = await filesIn(await container(service), "/srv/biomaid/log");
    const ours = [...sizes].filter(([path]) => path.startsWith(`/srv/biomaid/log/${service}.jsonl`)).sort();
    expect(ours.map(([path]) => path.replace(/.*jsonl/, ""))).toEqual(["", ".1", ".2", ".3", ".4", ".5"]);
    for (const [path, size] of ours) expect(size, path).toBeLessThanOrEqual(10 * MB);
    for (const [path, size] of ours.slice(1)) expect(size, path).toBeGreaterThan(9 * MB);
  });
});

test("nginx's access log is the container's output, which the engine rotates too", async () => {
  const since = new Date();
  await instance.get("/static/none.css");
  const { stdout } = await execa("docker", ["logs", "--since", since.toISOString(), await container("web")]);
  expect(stdout).toContain('"GET /static/none.css HTTP/1.1" 404');
  await write("web", "1");
  await expectRotated("web");
  expect(await filesIn(await container("web"), "/var/log", "/tmp", "/var/cache/nginx")).toEqual(
    new Map([["/tmp/nginx.pid", expect.any(Number)]]),
  );
});

test("every container's output is limited in the same way", async () => {
  const services = Object.values(await instance.services());
  expect(services.map(({ service }) => service).sort()).toEqual(["app", "cron", "db", "init", "web"]);
  for (const { id, service } of services) {
    const { HostConfig } = await new Dockerode().getContainer(id).inspect();
    expect(HostConfig.LogConfig, service).toEqual({
      Type: "json-file",
      Config: { "max-size": "10m", "max-file": "3" },
    });
  }
});
