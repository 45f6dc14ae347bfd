import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import type { ProcessRunner } from "./process.ts";

/** Where the engine answers, and how it is spoken to. */
export interface Endpoint {
  /** As the docker CLI writes it: `unix:///var/run/docker.sock`, `tcp://192.0.2.7:2376`, `ssh://user@host`. */
  address: string;
  /** undefined without TLS. */
  tls: Tls | undefined;
}

export interface Tls {
  /** Whether the server's certificate is checked. */
  verify: boolean;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

/** What `docker context inspect` tells. */
interface Context {
  Endpoints: { docker: { Host: string; SkipTLSVerify?: boolean } };
  TLSMaterial: { docker?: string[] };
  Storage: { TLSPath: string };
}

/** What stands in place of a folder where the context is made of variables. */
const IN_MEMORY = "<IN MEMORY>";

/**
 * The engine that `docker` itself would speak to: DOCKER_HOST, else the context of DOCKER_CONTEXT, else that of `docker
 * context use`. TLS comes with the context, or from DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH
 * (docs.docker.com/reference/cli/docker, "Environment variables").
 *
 * @throws UserError DOCKER_MISSING; ENGINE_UNREACHABLE for a context that there is not
 */
export async function findEndpoint(processes: ProcessRunner, environment: NodeJS.ProcessEnv): Promise<Endpoint> {
  const host = environment["DOCKER_HOST"];
  if (host) return { address: host, tls: await tlsOfEnvironment(environment) };
  const result = await processes.run("docker", ["context", "inspect", "--format", "{{json .}}"]);
  if (result.missing) throw new UserError("DOCKER_MISSING", {});
  if (result.exitStatus !== 0) {
    const context = environment["DOCKER_CONTEXT"] || "docker context";
    throw new UserError("ENGINE_UNREACHABLE", { endpoint: context, detail: result.errors.trim() });
  }
  const { Endpoints, TLSMaterial, Storage } = JSON.parse(result.output) as Context;
  const { Host, SkipTLSVerify } = Endpoints.docker;
  if (Storage.TLSPath === IN_MEMORY) return { address: Host, tls: await tlsOfEnvironment(environment) };
  const files = TLSMaterial.docker ?? [];
  if (files.length === 0 && !SkipTLSVerify) return { address: Host, tls: undefined };
  return { address: Host, tls: await readTls(join(Storage.TLSPath, "docker"), !SkipTLSVerify) };
}

async function tlsOfEnvironment(environment: NodeJS.ProcessEnv): Promise<Tls | undefined> {
  const verify = Boolean(environment["DOCKER_TLS_VERIFY"]);
  if (!verify && !environment["DOCKER_TLS"]) return undefined;
  const folder =
    environment["DOCKER_CERT_PATH"] ||
    environment["DOCKER_CONFIG"] ||
    join(environment["HOME"] || homedir(), ".docker");
  return readTls(folder, verify);
}

/** Any of the files may be missing: the system's authorities, or no certificate of the client's own, take its place. */
async function readTls(folder: string, verify: boolean): Promise<Tls> {
  const tls: Tls = { verify };
  for (const part of ["ca", "cert", "key"] as const) {
    const content = await readFile(join(folder, `${part}.pem`)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return undefined;
    });
    if (content !== undefined) tls[part] = content;
  }
  return tls;
}
