import { UserError } from "../errors/user-error.ts";
import { saysDiskFull } from "../files/disk-space.ts";
import { describeSource, type Instance } from "../instance/instance.ts";
import type { Context } from "./context.ts";
import { SHOWN_LINES } from "./last-lines.ts";

/** What apt, pip, Poetry, Go, npm and BuildKit say when a machine cannot be reached, its name, its proxy or its TLS. */
const NETWORK =
  /could not resolve|failure resolving|no such host|name resolution|connection (refused|reset|timed out)|could not connect|cannot connect to proxy|proxyerror|proxyconnect|network is unreachable|no route to host|i\/o timeout|(connect|read) timed? ?out|TLS handshake timeout|certificate (verify failed|signed by unknown)|max retries exceeded|all attempts to connect/i;

/** images/biomaid/install-dependencies.sh */
const LOCK_OUTDATED = /biomaid-compose: poetry\.lock does not match/;

/** images/biomaid/unpack_oracle_client.py and the Dockerfile, behind BuildKit's step number and time. */
const ORACLE_CLIENT = /^#\d+ [\d.]+ biomaid-compose: oracle client: (.*)/;

/**
 * Why a build failed, as far as its output tells.
 *
 * @throws UserError ENGINE_UNREACHABLE when the engine is no longer there
 */
export async function buildError(
  context: Context,
  image: string,
  instance: Instance,
  lines: string[],
): Promise<UserError> {
  const docker = await context.docker();
  await docker.ping();
  const last = lines.slice(-SHOWN_LINES);
  if (lines.some(saysDiskFull))
    return new UserError("ENGINE_DISK_FULL", { folder: await docker.dataFolder(), lines: last });
  if (lines.some((line) => LOCK_OUTDATED.test(line)))
    return new UserError("LOCK_OUTDATED", { source: describeSource(instance) });
  const refused = lines.map((line) => ORACLE_CLIENT.exec(line)?.[1]).find((detail) => detail !== undefined);
  if (refused !== undefined) return oracleClientInvalid(instance, refused);
  if (last.some((line) => NETWORK.test(line))) return new UserError("BUILD_NETWORK", { image, lines: last });
  return new UserError("BUILD_FAILED", { image, lines: last });
}

function oracleClientInvalid({ settings }: Instance, detail: string): UserError {
  return new UserError("ORACLE_CLIENT_INVALID", { file: settings.application.oracle_client ?? "", detail });
}
