import { createInterface } from "node:readline/promises";
import { UserError } from "../errors/user-error.ts";
import { settingProblem } from "../instance/choices.ts";
import { MAIL_PORTS } from "../instance/instance.ts";
import { CONNECTION_SECURITY, PROFILE_NAMES } from "../instance/names.ts";
import { httpsPort, PROFILES } from "../instance/profiles.ts";
import type { Settings, Source } from "../instance/schema.ts";
import type { Messages } from "../messages/messages.ts";
import { parseSource } from "../release/source.ts";
import { type CreationFlags, FIELDS } from "./creation-options.ts";

/** One question: asked again until the answer is allowed. Enter takes what is proposed. */
interface Question {
  text: string;
  proposed: string;
  /** What is wrong with an answer; undefined when it is allowed. */
  fault(answer: string): string | undefined;
  /** Whether Enter alone is no answer. */
  required?: boolean;
}

/**
 * Asks, on the terminal, what the options leave open. What is answered with Enter stays the profile's.
 *
 * @param name of the new instance, which may be that of a profile
 * @throws UserError INTERRUPTED at Ctrl-C and at the end of the input
 */
export async function askCreation(name: string, given: CreationFlags, messages: Messages): Promise<CreationFlags> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // On a terminal in raw mode Ctrl-C is a key: pass it on as what it means elsewhere.
  terminal.on("SIGINT", () => {
    process.emit("SIGINT");
    terminal.close();
  });
  // Lines that are typed, or pasted, ahead wait for their question.
  const lines = terminal[Symbol.asyncIterator]();
  const question = async (text: string): Promise<string> => {
    terminal.setPrompt(text);
    terminal.prompt();
    const line = await lines.next();
    if (line.done) throw new UserError("INTERRUPTED", {});
    return line.value.trim();
  };
  try {
    return await answers(question, name, given, messages);
  } finally {
    terminal.close();
  }
}

async function answers(
  question: (text: string) => Promise<string>,
  name: string,
  given: CreationFlags,
  messages: Messages,
): Promise<CreationFlags> {
  const { questions, problems } = messages;
  const flags: CreationFlags = { ...given };
  const ask = async ({ text, proposed, fault, required = false }: Question): Promise<string | undefined> => {
    for (;;) {
      const answer = await question(questions.line(text, proposed));
      if ((answer === "" && !required) || (answer === proposed && answer !== "")) return undefined;
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
    if (answer !== undefined) Object.assign(flags, { [key]: key === "host" || key === "admin" ? [answer] : answer });
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
    if (flags[flag] !== undefined || !isAbout(setting, flags, defaults)) continue;
    const proposed = proposal(setting, flags, defaults);
    const fault = (answer: string) => problemAt(setting, value([answer]));
    const answer = await ask({ text: questions[flag], proposed, fault, required: REQUIRED.includes(setting) });
    // A login has a password: what is proposed for that is no default of the profile's.
    put(flag, answer ?? (setting === "mail.password_file" ? proposed : undefined));
  }
  return flags;
}

function read(text: string): Source {
  return parseSource(text, undefined, process.cwd());
}

/** Of what is asked, what has neither a default nor a meaning when it is left out. */
const REQUIRED = ["web.tls.key", "mail.from"];

/** HTTPS takes a certificate, mail a way out, and a login a password. */
function isAbout(setting: string, flags: CreationFlags, { application }: Settings): boolean {
  if (setting === "web.tls.key" || setting === "web.tls.redirect_port") return flags.tlsCertificate !== undefined;
  if (setting === "mail.host") return application.outgoing || flags.outgoing === true;
  if (setting === "mail.password_file") return flags.mailUser !== undefined;
  const security = flags.mailSecurity ?? "starttls";
  if (setting === "mail.user" || setting === "mail.ca_file") return flags.mailHost !== undefined && security !== "none";
  return flags.mailHost !== undefined || !(setting.startsWith("mail.") || setting === "application.admins");
}

function proposal(setting: string, flags: CreationFlags, defaults: Settings): string {
  const security = CONNECTION_SECURITY.find((known) => known === flags.mailSecurity) ?? "starttls";
  const proposed: Record<string, string> = {
    ...(flags.tlsCertificate === undefined ? {} : { "web.port": String(httpsPort(defaults.web.port)) }),
    "mail.security": security,
    "mail.port": String(MAIL_PORTS[security]),
    "mail.password_file": "mail_password",
  };
  const [group, key] = setting.split(".") as ["web", string];
  const value = proposed[setting] ?? (defaults[group] as Record<string, unknown> | undefined)?.[key] ?? "";
  return Array.isArray(value) ? value.join(" ") : String(value);
}
