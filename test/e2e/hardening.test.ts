import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { containersOf } from "../support/engine.ts";
import { startInstance, type TestInstance } from "../support/instance.ts";
import { Outside } from "../support/outside.ts";

const MEGABYTE = 1024 * 1024;
/** What docs/architecture.md says of each service: user, group, memory in MB, processes, secrets, programs that run. */
const SERVICES = {
  db: { uid: 999, gid: 999, memory: 1024, processes: 256, secrets: ["database_password"], program: /postgres/ },
  app: {
    uid: 10001,
    gid: 10001,
    memory: 1280,
    processes: 256,
    secrets: ["database_password", "secret_key"],
    program: /gunicorn/,
  },
  web: { uid: 10002, gid: 10001, memory: 256, processes: 64, secrets: [], program: /nginx/ },
  cron: {
    uid: 10001,
    gid: 10001,
    memory: 1280,
    processes: 128,
    secrets: ["database_password", "secret_key"],
    program: /supercronic/,
  },
};
type ServiceName = keyof typeof SERVICES;
/** A volume of each that is closed to other users. */
const CLOSED_VOLUME = { db: "/var/lib/postgresql/data", app: "/var/tmp", web: "/var/cache/nginx", cron: "/var/tmp" };
const NAMES = Object.keys(SERVICES) as ServiceName[];

let instance: TestInstance;
const ids = {} as Record<ServiceName, string>;

beforeAll(async () => {
  instance = await startInstance();
  const services = await instance.services();
  for (const name of NAMES) ids[name] = services[name]?.id ?? "";
});
afterAll(() => instance?.[Symbol.asyncDispose]());

/** A shell script inside a running container, as the service's own user. */
async function inside(name: ServiceName, script: string): Promise<string> {
  return (await execa("docker", ["exec", ids[name], "sh", "-c", script])).stdout;
}

/** /proc/PID/status of every process of a container, the one that reads them left out. */
async function processes(name: ServiceName): Promise<Record<string, string>[]> {
  const { stdout } = await execa("docker", ["top", ids[name], "-eo", "pid"]);
  const pids = stdout.split("\n").slice(1).map(Number);
  const texts = await Promise.all(pids.map((pid) => execa("cat", [`/proc/${pid}/status`, `/proc/${pid}/cmdline`])));
  return texts.map(({ stdout: text }) => {
    const fields = [...text.matchAll(/^(\w+):\s*(.*)$/gm)].map(([, key, value]) => [key, value?.replaceAll("\t", " ")]);
    return { ...Object.fromEntries(fields), command: text.slice(text.lastIndexOf("\n") + 1).replaceAll("\0", " ") };
  });
}

describe.each(NAMES)("the kernel says of %s", (name) => {
  const expected = SERVICES[name];

  test("that every process has the service's user and group, no capability, no way to new privileges, and seccomp", async () => {
    const found = await processes(name);
    expect(found.some(({ command }) => expected.program.test(command ?? ""))).toBe(true);
    const none = "0000000000000000";
    for (const status of found) {
      expect(status).toMatchObject({
        Uid: [expected.uid, expected.uid, expected.uid, expected.uid].join(" "),
        Gid: [expected.gid, expected.gid, expected.gid, expected.gid].join(" "),
        ...{ CapInh: none, CapPrm: none, CapEff: none, CapBnd: none, CapAmb: none },
        NoNewPrivs: "1",
        // 2: a filter (proc(5)), which is Docker's default one.
        Seccomp: "2",
      });
      expect(new Set(status["Groups"]?.split(" ").filter(Boolean))).toEqual(
        new Set(status["Groups"]?.trim() === "" ? [] : [String(expected.gid)]),
      );
    }
  });

  test("that its root is read-only, and all that can be written is named", async () => {
    const mounts = (await inside(name, "cat /proc/self/mounts")).split("\n").map((line) => line.split(" "));
    const options = (target: string): string[] => mounts.find(([, at]) => at === target)?.[3]?.split(",") ?? [];
    expect(options("/")).toContain("ro");
    const writable = mounts.filter(([, , type, flags]) => flags?.split(",").includes("rw") && type !== "cgroup");
    const targets = writable.map(([, target]) => target ?? "").filter((at) => !/^\/(proc|dev|sys)(\/|$)/.test(at));
    const volumes = {
      db: ["/tmp", "/var/lib/postgresql/data", "/var/run/postgresql"],
      app: ["log", "media", "socket", "state"]
        .map((volume) => `/srv/biomaid/${volume}`)
        .concat("/tmp", "/run/biomaid", "/var/tmp"),
      web: ["/tmp", "/var/cache/nginx"],
      cron: ["log", "media", "state"]
        .map((volume) => `/srv/biomaid/${volume}`)
        .concat("/tmp", "/run/biomaid", "/var/tmp"),
    };
    expect(targets.map((target) => target.replace(/^\/run\/postgresql/, "/var/run/postgresql")).sort()).toEqual(
      volumes[name].sort(),
    );
    const { exitCode } = await execa("docker", ["exec", "--user", "0", ids[name], "touch", "/usr/x"], {
      reject: false,
    });
    expect(exitCode).not.toBe(0);
  });

  test("that no file gives its user's rights to who runs it, wherever it lies", async () => {
    // With every capability, or the search would pass over folders that are closed to others; a file that is planted on a volume shows that it sees them.
    const planted = `${CLOSED_VOLUME[name]}/planted-${name}`;
    const find = `install -m 4755 /dev/null ${planted}; find / -path /proc -prune -o -type f -perm /6000 -print; rm ${planted}`;
    const { stdout } = await execa("docker", ["exec", "--privileged", "--user", "0", ids[name], "sh", "-c", find]);
    expect(stdout).toBe(planted);
  });

  test("that memory and processes are limited", async () => {
    const limits = await limitsOf(ids[name]);
    expect(limits).toEqual({ memory: expected.memory * MEGABYTE, processes: expected.processes });
  });

  test("that it has no way to the engine, and no secret that it does not need", async () => {
    expect(await inside(name, "find / -name 'docker*.sock' -o -name 'containerd*.sock' 2>/dev/null; :")).toBe("");
    expect(await inside(name, "cat /proc/self/mountinfo")).not.toMatch(/docker\.sock|containerd\.sock/);
    expect((await inside(name, "ls /run/secrets 2>/dev/null; :")).split("\n").filter(Boolean)).toEqual(
      expected.secrets,
    );
  });
});

/** cgroup v2 where the host has it, else v1. */
async function limitsOf(id: string): Promise<{ memory: number; processes: number }> {
  const read =
    "cd /sys/fs/cgroup; cat memory.max pids.max 2>/dev/null || cat memory/memory.limit_in_bytes pids/pids.max";
  const { stdout } = await execa("docker", ["exec", id, "sh", "-c", read]);
  const [memory, processes] = stdout.split("\n").map(Number);
  return { memory: memory ?? Number.NaN, processes: processes ?? Number.NaN };
}

test("each worker of the application is one thread, whatever the number of cores", async () => {
  const workers = (await processes("app")).filter(({ command }) => /gunicorn/.test(command ?? ""));
  expect(workers.length).toBeGreaterThanOrEqual(3);
  for (const { Threads } of workers) expect(Threads).toBe("1");
});

describe("the networks", () => {
  let outside: Outside;
  beforeAll(async () => {
    outside = await Outside.create();
    await expectControl();
  });
  afterAll(() => outside?.[Symbol.asyncDispose]());

  /** Whether a TCP connection from a container succeeds. bash is in every image. */
  const reaches = async (id: string, host: string, port: number): Promise<boolean> => {
    const connect = `timeout 3 bash -c 'exec 3<>/dev/tcp/${host}/${port}'`;
    return (await execa("docker", ["exec", id, "bash", "-c", connect], { reject: false })).exitCode === 0;
  };

  /** A container on an ordinary network reaches what is outside: so the others could, were they let. */
  async function expectControl(): Promise<void> {
    const image = (await instance.services())["web"]?.image ?? "";
    const { stdout: id } = await execa("docker", ["run", "--detach", "--rm", "--entrypoint", "sleep", image, "120"]);
    try {
      // The listener outside has just been started.
      await vi.waitFor(async () => expect(await reaches(id, outside.address, outside.port)).toBe(true), 30_000);
    } finally {
      await execa("docker", ["rm", "--force", id]);
    }
  }

  test.each(NAMES)("%s reaches nothing outside", async (name) => {
    expect(await reaches(ids[name], outside.address, outside.port)).toBe(false);
  });

  test("web does not reach the database, nor know its name; app does", async () => {
    const { stdout } = await execa("docker", [
      ...["inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", ids.db],
    ]);
    expect(await reaches(ids.app, stdout, 5432)).toBe(true);
    expect(await reaches(ids.app, "db", 5432)).toBe(true);
    expect(await reaches(ids.web, stdout, 5432)).toBe(false);
    expect(await reaches(ids.web, "db", 5432)).toBe(false);
    for (const other of ["db", "app", "cron"])
      expect(await inside("web", `timeout 2 getent hosts ${other}; :`), other).toBe("");
  });

  test("no port but web's is published, and that one on the loopback address only", async () => {
    const published = (await containersOf(instance.project)).flatMap(({ service, ports }) =>
      ports.map((port) => `${service} ${port}`),
    );
    expect(published).toEqual([`web 127.0.0.1:${instance.port}`]);
  });
});
