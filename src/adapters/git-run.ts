import { UserError } from "../errors/user-error.ts";
import { saysDiskFull } from "../files/disk-space.ts";
import type { ProcessRunner, RunOptions, RunResult } from "./process.ts";

/** A private key that git shows to a host reached by ssh. */
export interface GitKey {
  /** Where the key is, and maybe known_hosts beside it. */
  folder: string;
  /** The name of its file, without a character that a shell makes something of. */
  file: string;
  knownHosts: boolean;
}

/**
 * git's own messages are read below: in English. Whatever git, ssh or a credential helper would ask, nobody is there to
 * answer; what they know by themselves is used.
 */
const ENVIRONMENT = {
  LC_ALL: "C",
  GIT_TERMINAL_PROMPT: "0",
  GCM_INTERACTIVE: "never",
  SSH_ASKPASS: "false",
  SSH_ASKPASS_REQUIRE: "force",
};

/** Milliseconds for a repository's answer: a whole clone of BiomAid takes seconds, a slow proxy minutes. */
const FETCH_TIMEOUT = 600_000;

/** What ssh and git's HTTP transport say when nobody is let in as who they are. */
const LOGIN_REFUSED =
  /Permission denied \(|Too many authentication failures|Authentication failed for|could not read (Username|Password) for|The requested URL returned error: 40[13]/;

/** The end of what git says after all that ssh has said. */
const BOILERPLATE = /^fatal: Could not read from remote repository\.[\s\S]*/m;

/**
 * Runs git, which never asks anything.
 *
 * @param key shown to a host reached by ssh; without one it is what git, ssh and the agent are configured with
 * @throws UserError GIT_MISSING
 */
export async function runGit(
  processes: ProcessRunner,
  args: string[],
  options: RunOptions = {},
  key?: GitKey,
): Promise<RunResult> {
  const { environment, ...rest } = options;
  const result = await processes.run("git", args, {
    timeout: FETCH_TIMEOUT,
    ...(key === undefined ? {} : { cwd: key.folder }),
    ...rest,
    environment: { ...ENVIRONMENT, ...sshEnvironment(key), ...environment },
  });
  if (result.missing) throw new UserError("GIT_MISSING", {});
  return result;
}

/** The key is named from the folder that git runs in: no path of the operator's goes through a shell. */
function sshEnvironment(key: GitKey | undefined): Record<string, string> {
  if (key === undefined) return {};
  const options = ["IdentitiesOnly=yes", "BatchMode=yes", "StrictHostKeyChecking=yes", "ControlPath=none"];
  if (key.knownHosts) options.push("UserKnownHostsFile=known_hosts ~/.ssh/known_hosts ~/.ssh/known_hosts2");
  const words = options.map((option) => `-o "${option}"`).join(" ");
  return { GIT_SSH_COMMAND: `ssh -i ${key.file} ${words}`, GIT_SSH_VARIANT: "ssh" };
}

/**
 * @param folder what git writes below
 * @throws UserError SOURCE_UNREACHABLE, SOURCE_REFUSED, DISK_FULL, TOOL_MISSING, GIT_LOGIN_REFUSED, GIT_HOST_UNKNOWN,
 *   GIT_HOST_CHANGED
 */
export function expectSuccess(result: RunResult, url: string, folder: string): void {
  if (result.exitStatus !== 0) throw failure(result.errors, url, folder);
}

function failure(errors: string, url: string, folder: string): UserError {
  if (saysDiskFull(errors)) return new UserError("DISK_FULL", { folder });
  if (errors.includes("dubious ownership")) return refused(url, errors);
  if (/cannot run ssh|\bssh: (command )?not found/.test(errors))
    return new UserError("TOOL_MISSING", { tool: "ssh", package: "openssh-client" });
  const host = sshHost(url);
  if (errors.includes("REMOTE HOST IDENTIFICATION HAS CHANGED"))
    return new UserError("GIT_HOST_CHANGED", { git: url, ...host, lines: linesOf(errors) });
  if (errors.includes("Host key verification failed")) return new UserError("GIT_HOST_UNKNOWN", { git: url, ...host });
  const lines = linesOf(errors);
  if (LOGIN_REFUSED.test(errors)) return new UserError("GIT_LOGIN_REFUSED", { git: url, lines });
  return new UserError("SOURCE_UNREACHABLE", { git: url, detail: lines.at(-1) ?? "" });
}

export function refused(folder: string, errors: string): UserError {
  return new UserError("SOURCE_REFUSED", { path: folder, lines: linesOf(errors) });
}

/**
 * What git has said, without its last words after ssh's, without what comes of never asking, and without the logins that
 * `url.*.insteadOf` puts into URLs.
 */
function linesOf(errors: string): string[] {
  const told = errors
    .replace(BOILERPLATE, "")
    .replace(/^error: unable to read askpass response.*\n/gm, "")
    .trim();
  const text = (told === "" ? errors.trim() : told).replace(/(\w:\/\/)[^/\s@']*@/g, "$1…@");
  return text.split("\n").map((line) => line.trimEnd());
}

/** The host and port of an address that is reached by ssh; 22 is ssh's own. */
function sshHost(url: string): { host: string; port: number } {
  const parsed = url.startsWith("ssh://") ? URL.parse(url) : null;
  if (parsed !== null) return { host: parsed.hostname, port: Number(parsed.port || 22) };
  return { host: /@([^:]+):/.exec(url)?.[1] ?? url, port: 22 };
}
