import { createInterface, type Interface } from "node:readline/promises";
import { UserError } from "../errors/user-error.ts";
import { settingProblem } from "../instance/choices.ts";
import { PROFILE_NAMES } from "../instance/names.ts";
import { PROFILES } from "../instance/profiles.ts";
import type { Source } from "../instance/schema.ts";
import type { Messages } from "../messages/messages.ts";
import { parseSource } from "../release/source.ts";
import { type CreationFlags, FIELDS } from "./creation-options.ts";

/** One question: asked again until the answer is allowed. Enter takes what is proposed. */
interface Question {
  text: string;
  proposed: string;
  /** What is wrong with an answer; undefined when it is allowed. */
  fault(answer: string): string | undefined;
}

/**
 * Asks, on the terminal, what the options leave open. What is answered with Enter stays the profile's.
 *
 * @param name of the new instance, which may be that of a profile
 * @throws UserError INTERRUPTED at Ctrl-C and at the end of the input
 */
export async function askCreation(name: string, given: CreationFlags, messages: Messages): Promise<CreationFlags> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new AbortController();
  // On a terminal in raw mode Ctrl-C is a key: pass it on as what it means elsewhere.
  terminal.on("SIGINT", () => {
    process.emit("SIGINT");
    terminal.close();
  });
  terminal.on("close", () => closed.abort());
  try {
    return await answers(terminal, closed.signal, name, given, messages);
  } catch (error) {
    if (closed.signal.aborted) throw new UserError("INTERRUPTED", {}, { cause: error });
    throw error;
  } finally {
    terminal.close();
  }
}

async function answers(
  terminal: Interface,
  closed: AbortSignal,
  name: string,
  given: CreationFlags,
  messages: Messages,
): Promise<CreationFlags> {
  const { questions, problems } = messages;
  const flags: CreationFlags = { ...given };
  const ask = async ({ text, proposed, fault }: Question): Promise<string | undefined> => {
    for (;;) {
      const answer = (await terminal.question(questions.line(text, proposed), { signal: closed })).trim();
      if (answer === "" || answer === proposed) return undefined;
      const wrong = fault(answer);
      if (wrong === undefined) return answer;
      process.stderr.write(`  ${wrong}\n`);
    }
  };
  const problemAt = (setting: string, value: unknown): string | undefined => {
    const problem = settingProblem(setting, value);
    return problem && (problems[problem.kind] as (parameters: unknown) => string)(problem);
  };
  const put = (key: keyof CreationFlags, answer: string | undefined): void => {
    if (answer !== undefined) Object.assign(flags, { [key]: key === "host" ? answer.split(/[\s,]+/) : answer });
  };

  process.stderr.write(`${questions.introduction}\n`);
  if (flags.profile === undefined && !PROFILE_NAMES.some((known) => known === name)) {
    const allowed = [...PROFILE_NAMES];
    flags.profile = "production";
    const fault = (answer: string) =>
      allowed.some((known) => known === answer) ? undefined : problems.notAllowed({ allowed });
    put("profile", await ask({ text: questions.profile(allowed.join(", ")), proposed: flags.profile, fault }));
  }
  const profile = PROFILE_NAMES.find((known) => known === (flags.profile ?? name)) ?? "production";
  const defaults = PROFILES[profile];

  if (flags.source === undefined && flags.ref === undefined) {
    const fault = (answer: string) => problemAt("source", read(answer));
    put("source", await ask({ text: questions.source, proposed: defaults.source.git ?? "", fault }));
  }
  const source = flags.source === undefined ? defaults.source : read(flags.source);
  if (flags.ref === undefined && source.git !== undefined) {
    const fault = (answer: string) => problemAt("source.ref", answer);
    put("ref", await ask({ text: questions.ref, proposed: source.ref ?? "HEAD", fault }));
  }
  for (const { flag, setting, read: value } of FIELDS) {
    if (flags[flag] !== undefined) continue;
    const [group, key] = setting.split(".") as ["web", string];
    const now = (defaults[group] as Record<string, unknown>)[key];
    const proposed = Array.isArray(now) ? now.join(" ") : String(now);
    put(flag, await ask({ text: questions[flag], proposed, fault: (answer) => problemAt(setting, value(answer)) }));
  }
  return flags;
}

function read(text: string): Source {
  return parseSource(text, undefined, process.cwd());
}
