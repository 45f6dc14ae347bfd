import { expect, test } from "vitest";
import type { Context } from "../../../src/operations/context.ts";
import { requireTools } from "../../../src/operations/require-tools.ts";
import { userErrorOf } from "../support.ts";

/** A machine with these versions; undefined where Compose is not installed. */
function machine(engine: string, compose: string | undefined): Context {
  const context: Pick<Context, "docker" | "compose"> = {
    docker: async () => ({ version: async () => engine }) as Awaited<ReturnType<Context["docker"]>>,
    compose: () => ({ version: async () => compose }) as ReturnType<Context["compose"]>,
  };
  return context as Context;
}

test.each([
  ["25.0.0", "2.24.0"],
  ["26.1.5+dfsg1", "2.26.1-4"],
  ["29.0.1", "v2.40.3"],
  ["100.0.0", "5.0.0"],
])("Docker Engine %s with Compose %s will do", async (engine, compose) => {
  await expect(requireTools(machine(engine, compose))).resolves.toBeUndefined();
});

test.each<[string, string | undefined, string, object]>([
  ["24.0.9", "2.40.3", "ENGINE_TOO_OLD", { found: "24.0.9", oldest: "25.0" }],
  ["9.99.0", "2.40.3", "ENGINE_TOO_OLD", { found: "9.99.0", oldest: "25.0" }],
  ["27.0.0", "2.23.3", "COMPOSE_TOO_OLD", { found: "2.23.3", oldest: "2.24" }],
  ["27.0.0", "v2.9.0", "COMPOSE_TOO_OLD", { found: "v2.9.0", oldest: "2.24" }],
  ["27.0.0", "1.29.2", "COMPOSE_TOO_OLD", { found: "1.29.2", oldest: "2.24" }],
  ["27.0.0", undefined, "COMPOSE_MISSING", {}],
])("Docker Engine %s with Compose %s will not: %s", async (engine, compose, code, parameters) => {
  const error = await userErrorOf(() => requireTools(machine(engine, compose)));
  expect([error.code, error.parameters]).toEqual([code, parameters]);
});
