import { buildxVersion } from "../adapters/builder.ts";
import { UserError } from "../errors/user-error.ts";
import type { Context } from "./context.ts";

/**
 * Engine 25 (API 1.44) brought health checks' `start_interval`; Compose 2.24 reads it, and merges as the Compose
 * specification has it today. Docker's release notes: docs.docker.com/engine/release-notes, github.com/docker/compose. buildx 0.10 brought `--provenance`
 * (github.com/docker/buildx/releases).
 */
const OLDEST = { engine: "25.0", compose: "2.24", buildx: "0.10" };

/** @throws UserError ENGINE_UNREACHABLE, ENGINE_TOO_OLD, COMPOSE_MISSING, COMPOSE_TOO_OLD */
export async function requireTools(context: Context): Promise<void> {
  const [engine, compose] = await Promise.all([
    context.docker().then((docker) => docker.version()),
    context.compose(".").version(),
  ]);
  if (isOlder(engine, OLDEST.engine)) throw new UserError("ENGINE_TOO_OLD", { found: engine, oldest: OLDEST.engine });
  if (compose === undefined) throw new UserError("COMPOSE_MISSING", {});
  if (isOlder(compose, OLDEST.compose))
    throw new UserError("COMPOSE_TOO_OLD", { found: compose, oldest: OLDEST.compose });
}

function isOlder(found: string, oldest: string): boolean {
  return found.replace(/^v/, "").localeCompare(oldest, "en", { numeric: true }) < 0;
}

/**
 * Asked when there is something to build only: an instance whose images are there starts without it.
 *
 * @throws UserError BUILDX_MISSING, BUILDX_TOO_OLD
 */
export async function requireBuildx(context: Context): Promise<void> {
  const found = await buildxVersion(context.processes);
  if (found === undefined) throw new UserError("BUILDX_MISSING", {});
  if (isOlder(found, OLDEST.buildx)) throw new UserError("BUILDX_TOO_OLD", { found, oldest: OLDEST.buildx });
}
