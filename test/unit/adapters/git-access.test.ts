import { chmod, copyFile, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createGitCache } from "../../../src/adapters/git.ts";
import { listRefs } from "../../../src/adapters/git-refs.ts";
import type { GitKey } from "../../../src/adapters/git-run.ts";
import { createProcessRunner } from "../../../src/adapters/process.ts";
import { gitKey } from "../../../src/operations/git-key.ts";
import {
  type GitServer,
  HTTP_LOGIN,
  knownHost,
  makeKey,
  startHttpServer,
  startSshServer,
} from "../../support/git-servers.ts";
import { createRepository, type Repository } from "../../support/repository.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

let announced = "";
const processes = createProcessRunner((program, args) => {
  announced += `${[program, ...args].join(" ")}\n`;
}, new AbortController().signal);

let disposables: AsyncDisposableStack;
let folder: string;
let repository: Repository;
let commit: string;

beforeEach(async () => {
  announced = "";
  disposables = new AsyncDisposableStack();
  folder = disposables.use(await temporaryFolder()).path;
  repository = await createRepository(join(folder, "repository"));
  commit = await repository.commit("first");
  // Nothing of the machine that runs the tests lets git in, or keeps it out.
  vi.stubEnv("HOME", join(folder, "home"));
  vi.stubEnv("GIT_CONFIG_NOSYSTEM", "1");
  vi.stubEnv("GIT_SSH_COMMAND", undefined);
  vi.stubEnv("SSH_AUTH_SOCK", undefined);
  await mkdir(join(folder, "home"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await disposables.disposeAsync();
});

/** Both ways in which git goes to a repository. */
async function read(url: string, key?: GitKey): Promise<string> {
  const { refs } = await listRefs(processes, url, key);
  expect(refs).toEqual([{ kind: "branch", name: "main", commit }]);
  return createGitCache(processes, join(folder, "cache"), url, key).resolve("main");
}

async function refusal(url: string, key?: GitKey) {
  const error = await userErrorOf(() => createGitCache(processes, join(folder, "cache"), url, key).resolve("main"));
  expect((await userErrorOf(() => listRefs(processes, url, key))).code).toBe(error.code);
  return error;
}

describe("a repository behind ssh", () => {
  let server: GitServer;
  let secrets: string;
  let hostKey: string;

  beforeEach(async () => {
    // No character of the folder's name means anything to ssh or to the shell that git starts it with.
    secrets = join(folder, 'it\'s a %h $HOME "folder"');
    await mkdir(secrets, { mode: 0o700 });
    hostKey = await makeKey(join(folder, "host"));
    const key = await makeKey(join(folder, "key"));
    await copyFile(key, join(secrets, "deploy_key"));
    server = disposables.use(await startSshServer(repository.folder, hostKey, `${key}.pub`));
  });
  const known = async (): Promise<void> =>
    writeFile(join(secrets, "known_hosts"), await knownHost(server.port, hostKey));

  test("is read with the key in secrets/, whatever mode its file came with", async () => {
    await known();
    await chmod(join(secrets, "deploy_key"), 0o444);
    expect(await read(server.url, await gitKey(secrets, "deploy_key"))).toBe(commit);
    expect((await stat(join(secrets, "deploy_key"))).mode & 0o777).toBe(0o600);
    // Its code is no other user's business.
    expect((await stat(join(folder, "cache"))).mode & 0o077).toBe(0);
  });

  test("is not read with another key", async () => {
    await known();
    await makeKey(join(secrets, "other_key"));
    const error = await refusal(server.url, await gitKey(secrets, "other_key"));
    expect(error.code).toBe("GIT_LOGIN_REFUSED");
    expect(error.parameters).toEqual({ git: server.url, lines: [expect.stringContaining("Permission denied")] });
  });

  test("is not asked for as long as its host key is not known", async () => {
    const error = await refusal(server.url, await gitKey(secrets, "deploy_key"));
    expect(error.code).toBe("GIT_HOST_UNKNOWN");
    expect(error.parameters).toEqual({ git: server.url, host: "127.0.0.1", port: server.port });
    expect(await readdir(secrets)).toEqual(["deploy_key"]);
  });

  test("is not asked for when its host key is another one than known", async () => {
    await writeFile(
      join(secrets, "known_hosts"),
      await knownHost(server.port, await makeKey(join(folder, "other-host"))),
    );
    const error = await refusal(server.url, await gitKey(secrets, "deploy_key"));
    expect(error.code).toBe("GIT_HOST_CHANGED");
    expect(JSON.stringify(error.parameters)).toContain("SHA256:");
  });

  test("is read with the keys of ssh-agent, and with nothing that would have to be asked for", async () => {
    await known();
    // As an operator would have it in ~/.ssh/config, which ssh looks for in the password database and not in HOME.
    vi.stubEnv("GIT_SSH_COMMAND", `ssh -F none -o UserKnownHostsFile=${join(folder, "known")}`);
    await copyFile(join(secrets, "known_hosts"), join(folder, "known"));
    const error = await refusal(server.url);
    expect(error.code).toBe("GIT_LOGIN_REFUSED");

    const socket = join(folder, "agent");
    const agent = execa("ssh-agent", ["-D", "-a", socket], { reject: false });
    disposables.defer(async () => {
      agent.kill();
      await agent;
    });
    vi.stubEnv("SSH_AUTH_SOCK", socket);
    await vi.waitFor(() => execa("ssh-add", ["-q", join(folder, "key")]));
    expect(await read(server.url)).toBe(commit);
  });

  test("whose host key is not known is told so without a key in secrets/, too", async () => {
    vi.stubEnv("GIT_SSH_COMMAND", `ssh -F none -o UserKnownHostsFile=${join(folder, "known")}`);
    expect((await refusal(server.url)).code).toBe("GIT_HOST_UNKNOWN");
  });

  test.each([true, false])("needs ssh on this machine (with a key in secrets/: %s)", async (withKey) => {
    const bin = join(folder, "bin");
    await mkdir(bin);
    for (const program of ["git", "sh", "flock"])
      await symlink((await execa("which", [program])).stdout, join(bin, program));
    vi.stubEnv("PATH", bin);
    const error = await refusal(server.url, withKey ? await gitKey(secrets, "deploy_key") : undefined);
    expect([error.code, error.parameters]).toEqual(["TOOL_MISSING", { tool: "ssh", package: "openssh-client" }]);
  });

  test("asks for a key that is not there", async () => {
    const error = await userErrorOf(() => gitKey(secrets, "absent"));
    expect([error.code, error.parameters]).toEqual(["SOURCE_KEY_MISSING", { file: join(secrets, "absent") }]);
  });
});

describe("a repository behind HTTP", () => {
  const { user, password } = HTTP_LOGIN;
  const login = (server: GitServer, secret = password): string => `http://${user}:${secret}@127.0.0.1:${server.port}`;
  const gitConfig = (text: string): Promise<void> => writeFile(join(folder, "home", ".gitconfig"), text);
  let server: GitServer;

  beforeEach(async () => {
    server = disposables.use(await startHttpServer(repository.folder));
  });
  afterEach(() => expect(announced).not.toContain(password));

  test("is read with the login of a credential helper", async () => {
    await writeFile(join(folder, "credentials"), `${login(server)}\n`, { mode: 0o600 });
    await gitConfig(`[credential]\n  helper = store --file=${join(folder, "credentials")}\n`);
    expect(await read(server.url)).toBe(commit);
    for (const name of await readdir(join(folder, "cache"), { recursive: true })) {
      const text = await readFile(join(folder, "cache", name), "utf8").catch(() => "");
      expect(text, name).not.toContain(password);
    }
  });

  test("is read with the login of ~/.netrc", async () => {
    const netrc = `machine 127.0.0.1 login ${user} password ${password}\n`;
    await writeFile(join(folder, "home", ".netrc"), netrc, { mode: 0o600 });
    expect(await read(server.url)).toBe(commit);
  });

  test("is not read without a login, which is not asked for", async () => {
    const error = await refusal(server.url);
    expect(error.code).toBe("GIT_LOGIN_REFUSED");
    expect(error.parameters).toEqual({ git: server.url, lines: [expect.stringContaining("could not read Username")] });
  });

  test("is not read with a wrong login", async () => {
    await writeFile(join(folder, "credentials"), `${login(server, "wrong-one")}\n`, { mode: 0o600 });
    await gitConfig(`[credential]\n  helper = store --file=${join(folder, "credentials")}\n`);
    const error = await refusal(server.url);
    expect(error.code).toBe("GIT_LOGIN_REFUSED");
    expect(JSON.stringify(error.parameters)).not.toContain("wrong-one");
  });

  test.each(["refused", "stopped"])("tells no password that git's configuration puts into URLs (%s)", async (state) => {
    const secret = "wrong-one";
    await gitConfig(`[url "${login(server, secret)}/"]\n  insteadOf = https://code.example.org/\n`);
    if (state === "stopped") await server[Symbol.asyncDispose]();
    const error = await refusal("https://code.example.org/repository/.git");
    expect(error.code).toBe(state === "stopped" ? "SOURCE_UNREACHABLE" : "GIT_LOGIN_REFUSED");
    expect(JSON.stringify(error.parameters)).not.toContain(secret);
  });
});
