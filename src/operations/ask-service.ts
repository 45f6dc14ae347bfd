import { randomUUID } from "node:crypto";
import { type Instance, projectName } from "../instance/instance.ts";
import type { Context } from "./context.ts";

/** What a command of the image (images/biomaid/runtime/biomaid_runtime/) found, or all that was said where it found nothing. */
export type Answer = { found: unknown } | { said: string; errors: string };

export interface Question {
  /** Of the stack, or of the Compose files of `files`. */
  service: string;
  args?: readonly string[];
  /** Options of `docker compose`, before its command. */
  files?: readonly string[];
  /** What is read from the standard input. */
  input?: string | undefined;
}

/**
 * Has a service's image answer a question, in a container of its own with the service's networks and secrets.
 *
 * @param name of the question, under which the answer is printed
 */
export async function askService(
  context: Context,
  instance: Instance,
  name: string,
  { service, args = [], files = [], input }: Question,
): Promise<Answer> {
  const docker = await context.docker();
  const container = `${projectName(instance.name)}-${name}-${randomUUID().slice(0, 8)}`;
  const run = ["run", "--rm", "--no-deps", "--no-TTY", "--name", container, service, ...args];
  try {
    const { output, errors } = await context.compose(instance.paths.folder).captured([...files, ...run], input);
    return answerIn(output, name) ?? { said: `${output}${errors}`, errors };
  } finally {
    await docker.remove(container);
  }
}

/** The line of JSON by which a command of the image answers, among all else that it prints. */
export function answerIn(output: string, name: string): { found: unknown } | undefined {
  const line = new RegExp(`^\\{"${name}": .*\\}$`, "m").exec(output)?.[0];
  return line === undefined ? undefined : { found: (JSON.parse(line) as Record<string, unknown>)[name] };
}
