import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { INSTANCE_NAME } from "./names.ts";

const SHARED_HOME = "/srv/biomaid";

/** The folder that holds the instances: `--home`, `BIOMAID_HOME`, /srv/biomaid if it can be written to, else ~/biomaid. */
export function homeFolder(option: string | undefined, environment: NodeJS.ProcessEnv): string {
  const chosen = option ?? environment["BIOMAID_HOME"];
  if (chosen) return resolve(chosen);
  return isWritable(SHARED_HOME) ? SHARED_HOME : join(homedir(), "biomaid");
}

/** Where git repositories are kept between builds (XDG Base Directory Specification). */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  return join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "biomaid-compose");
}

export interface InstancePaths {
  folder: string;
  file: string;
  lock: string;
  secrets: string;
  tls: string;
  local: string;
  settings: string;
  checkouts: string;
  documentation: string;
}

/** @throws UserError INSTANCE_NAME_INVALID */
export function instancePaths(home: string, name: string): InstancePaths {
  if (!INSTANCE_NAME.test(name)) throw new UserError("INSTANCE_NAME_INVALID", { name });
  const folder = join(home, name);
  return {
    folder,
    file: join(folder, "instance.yaml"),
    lock: join(folder, "instance.lock.yaml"),
    secrets: join(folder, "secrets"),
    tls: join(folder, "secrets", "tls"),
    local: join(folder, "local"),
    settings: join(folder, "settings.d"),
    checkouts: join(folder, "checkouts"),
    documentation: join(folder, "documentation"),
  };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
