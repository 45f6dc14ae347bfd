import { UserError } from "../errors/user-error.ts";
import { saysDiskFull } from "../files/disk-space.ts";
import type { Context } from "./context.ts";

/** What apt, pip, Poetry, Go, npm and BuildKit say when a machine cannot be reached, its name, its proxy or its TLS. */
const NETWORK =
  /could not resolve|failure resolving|no such host|name resolution|connection (refused|reset|timed out)|could not connect|cannot connect to proxy|proxyerror|proxyconnect|network is unreachable|no route to host|i\/o timeout|(connect|read) timed? ?out|TLS handshake timeout|certificate (verify failed|signed by unknown)|max retries exceeded|all attempts to connect/i;

/** images/biomaid/install-dependencies.sh */
const LOCK_OUTDATED = /biomaid-compose: poetry\.lock does not match/;

/** How many of a failed build's last lines are shown: enough for pip's and apt's own explanation. */
const SHOWN_LINES = 25;

/**
 * Why a build failed, as far as its output tells.
 *
 * @param source where the application's code comes from, for people
 * @throws UserError ENGINE_UNREACHABLE when the engine is no longer there
 */
export async function buildError(context: Context, image: string, source: string, lines: string[]): Promise<UserError> {
  const docker = await context.docker();
  await docker.ping();
  const last = lines.slice(-SHOWN_LINES);
  if (lines.some(saysDiskFull))
    return new UserError("ENGINE_DISK_FULL", { folder: await docker.dataFolder(), lines: last });
  if (lines.some((line) => LOCK_OUTDATED.test(line))) return new UserError("LOCK_OUTDATED", { source });
  if (last.some((line) => NETWORK.test(line))) return new UserError("BUILD_NETWORK", { image, lines: last });
  return new UserError("BUILD_FAILED", { image, lines: last });
}
