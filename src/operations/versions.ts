import { UserError } from "../errors/user-error.ts";
import type { Context } from "./context.ts";

/** The versions of this tool and of what it stands on; null for what is not there or does not answer. */
export async function versions(context: Context): Promise<Record<string, string | null>> {
  const engine = await context
    .docker()
    .then((docker) => docker.version())
    .catch((error: unknown) => {
      if (error instanceof UserError) return null;
      throw error;
    });
  return {
    "biomaid-compose": context.generator,
    node: process.versions.node,
    "docker-engine": engine,
    "docker-compose": (await context.compose(".").version()) ?? null,
  };
}
