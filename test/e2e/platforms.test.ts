import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Authority } from "../support/certificates.ts";
import { newInstance, type TestInstance } from "../support/instance.ts";
import { type SecondEngine, secondEngine } from "../support/second-engine.ts";
import { smallDisk } from "../support/small-disk.ts";

/** The first user of the machine that containers are mapped to. */
const FIRST_USER = 100_000;
/** In the engine's own network namespace. */
const ADDRESS = "tcp://127.0.0.1:2376";

describe("an engine with userns-remap that is reached by TLS", () => {
  let instance: TestInstance;
  let engine: SecondEngine;
  let authority: Authority;
  /** Of the engine, of the docker CLI, and of the client's certificate. */
  const folders = { root: "", config: "", certificates: "" };

  beforeAll(async () => {
    instance = await newInstance();
    authority = await Authority.create();
    folders.root = await mkdtemp(join(tmpdir(), "biomaid-platforms-"));
    await chmod(folders.root, 0o755);
    folders.config = join(folders.root, "config");
    folders.certificates = join(folders.root, "certificates");
    const server = await writePair(folders.certificates);
    const tls = ["--tlsverify", `--tlscacert=${server.ca}`, `--tlscert=${server.cert}`, `--tlskey=${server.key}`];
    const flags = ["--host", ADDRESS, ...tls];
    engine = await secondEngine(join(folders.root, "engine"), "3g", { flags, remap: FIRST_USER });
    await engine.load(...inject("sharedImages"));

    await mkdir(folders.config);
    const plugins = { cliPluginsExtraDirs: [join(homedir(), ".docker", "cli-plugins")] };
    await writeFile(join(folders.config, "config.json"), JSON.stringify(plugins));
    const { ca, cert, key } = server;
    const endpoint = `host=${ADDRESS},ca=${ca},cert=${cert},key=${key}`;
    const env = { DOCKER_CONFIG: folders.config };
    await execa("docker", ["context", "create", "remapped", "--docker", endpoint], { env });
    await instance.create(options({ DOCKER_CONTEXT: "remapped" }));
  });
  afterAll(async () => {
    try {
      await engine?.[Symbol.asyncDispose]();
      await authority?.[Symbol.asyncDispose]();
      await rm(folders.root, { recursive: true, force: true });
    } finally {
      await instance?.[Symbol.asyncDispose]();
    }
  });

  const options = (env: Record<string, string>) => ({
    env: { DOCKER_CONFIG: folders.config, ...env },
    within: engine.within,
  });
  const status = (env: Record<string, string>, exitStatus = 0) =>
    instance.cli(["status", instance.name], { ...options(env), exitStatus });

  /** A pair for client and server alike, with its authority, in the files that Docker expects. */
  async function writePair(folder: string): Promise<{ ca: string; cert: string; key: string }> {
    await mkdir(folder, { recursive: true });
    const { certificate, key } = await authority.chain({ names: ["127.0.0.1"], client: true });
    const files = { ca: join(folder, "ca.pem"), cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
    await writeFile(files.ca, authority.root.certificate);
    await writeFile(files.cert, certificate);
    await writeFile(files.key, key, { mode: 0o600 });
    return files;
  }

  /** An `ssh` before the real one on the PATH. */
  async function fakeSsh(script: string): Promise<string> {
    const folder = await mkdtemp(join(folders.root, "bin-"));
    await writeFile(join(folder, "ssh"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return `${folder}:${process.env["PATH"]}`;
  }

  /** One that ends at the engine, and remembers how it was called. */
  async function sshToEngine(): Promise<{ PATH: string; calls: string }> {
    const calls = join(folders.root, "calls");
    const run = 'while [ "$1" != -- ]; do shift; done; shift 2; exec "$@"';
    const script = `echo "$*" >>${calls}\nexport DOCKER_HOST=${engine.env.DOCKER_HOST}\n${run}`;
    return { PATH: await fakeSsh(script), calls };
  }

  test("runs the stack: its processes have users that the machine knows for nothing else, and it answers", async () => {
    const app = await engine.docker("top", `${instance.project}-app-1`, "-eo", "pid,uid");
    const users = app
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/)[1]);
    expect(new Set(users)).toEqual(new Set([String(FIRST_USER + 10_001)]));
    const ask = `fetch("http://127.0.0.1:${instance.port}/").then((answer) => console.log(answer.status))`;
    const [program = "", ...args] = [...engine.within, process.execPath, "-e", ask];
    expect((await execa(program, args)).stdout).toBe("200");
  });

  test("is found by the context of `docker context use`, and DOCKER_HOST goes before a context", async () => {
    await execa("docker", ["context", "use", "remapped"], { env: { DOCKER_CONFIG: folders.config } });
    expect((await status({})).stdout).toContain("running");
    const variables = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folders.certificates };
    const other = { DOCKER_CONTEXT: "no-such-context" };
    expect((await status(other, 1)).stderr).toContain("no-such-context");
    expect((await status({ ...other, DOCKER_HOST: ADDRESS, ...variables })).stdout).toContain("running");
  });

  test("is not spoken to when its certificate is of an authority that is not trusted", async () => {
    await using stranger = await Authority.create();
    const folder = join(folders.root, "stranger");
    await mkdir(folder);
    await writeFile(join(folder, "ca.pem"), stranger.root.certificate);
    const env = { DOCKER_HOST: ADDRESS, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder };
    const { stderr } = await status(env, 1);
    expect(stderr).toContain("[ENGINE_UNREACHABLE]");
    expect(stderr).toContain(ADDRESS);
    expect(stderr).toContain("certificate");
  });

  test("that wants a certificate of the client's own says so when there is none", async () => {
    const folder = join(folders.root, "no-certificate");
    await mkdir(folder);
    await writeFile(join(folder, "ca.pem"), authority.root.certificate);
    const env = { DOCKER_HOST: ADDRESS, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder };
    const { stderr } = await status(env, 1);
    expect(stderr).toContain("[ENGINE_UNREACHABLE]");
    expect(stderr).toContain("certificate required");
  });

  test("that does not see this machine's folders is told at once, and nothing is made", async () => {
    // Mounted after the engine got its mount namespace: it finds the folder, and nothing in it, as on another machine.
    const home = join(folders.root, "home");
    await using _disk = await smallDisk(home, "8m");
    const args = ["up", "elsewhere", "--profile", "demo", "--source", "sample", "--home", home];
    const { stderr } = await instance.cli(args, { ...options(engine.env), exitStatus: 1 });
    expect(stderr).toContain("[ENGINE_ELSEWHERE]");
    expect(stderr).toContain(engine.env.DOCKER_HOST);
    expect(stderr).toContain(join(home, "elsewhere"));
    expect(await readdir(home)).toEqual([]);
    expect(await engine.docker("network", "ls", "--quiet", "--filter", "name=biomaid-elsewhere")).toBe("");
  });

  test("is not reached by an ssh that fails: its own words are told", async () => {
    const PATH = await fakeSsh('echo "Permission denied (publickey)." >&2; exit 255');
    const { stderr } = await status({ PATH, DOCKER_HOST: "ssh://docker.example.org" }, 1);
    expect(stderr).toContain("[ENGINE_UNREACHABLE]");
    expect(stderr).toContain("ssh://docker.example.org: Permission denied (publickey).");
  });

  test("reached by ssh tells status and logs and takes the instance down, with the operator's own ssh", async () => {
    const { PATH, calls } = await sshToEngine();
    const env = { PATH, DOCKER_HOST: "ssh://operator@docker.example.org:2222" };
    expect((await status(env)).stdout).toContain("running");
    const { stdout } = await instance.cli(["logs", instance.name, "--tail", "5", "db"], options(env));
    expect(stdout).toContain("db-1");
    await instance.cli(["down", instance.name], options(env));
    expect(await engine.docker("ps", "--all", "--quiet")).toBe("");
    expect(await readFile(calls, "utf8")).toMatch(
      /^.*-l operator -p 2222 -- docker\.example\.org docker system dial-stdio$/m,
    );
  });
});
