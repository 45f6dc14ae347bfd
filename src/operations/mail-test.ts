import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../errors/user-error.ts";
import { settingProblem } from "../instance/choices.ts";
import { openInstance, projectName } from "../instance/instance.ts";
import { mailSettings } from "../stack/settings.ts";
import type { Context } from "./context.ts";
import { mailFiles } from "./mail-files.ts";
import { requireOwnProject } from "./ownership.ts";

/** What became of the message. */
export interface MailTest {
  address: string;
  server: string;
  /** The server's own words. */
  answer: string;
}

/** How many of the container's last lines are shown when it fails. */
const SHOWN_LINES = 25;

/** What images/biomaid/runtime/biomaid_runtime/mail_test.py prints. */
const OUTCOME = /^\{"mail-test": (.*)\}$/m;

/**
 * Sends one message through an instance's own settings, in a container of its own.
 *
 * @param address whom to; the first of application.admins unless given
 * @throws UserError MAIL_NOT_SET, MAIL_ADDRESS_NEEDED, SETTING_INVALID, INSTANCE_DOWN, MAIL_NOT_APPLIED, and MAIL_… for what
 *   the server, or the way to it, does not let through
 */
export async function mailTest(context: Context, name: string, address: string | undefined): Promise<MailTest> {
  const instance = await openInstance(context.home, name);
  const { paths, settings } = instance;
  const wanted = mailSettings({ instance, mail: await mailFiles(instance) });
  if (wanted === null) throw new UserError("MAIL_NOT_SET", { name, path: paths.file });
  const to = address ?? settings.application.admins[0]?.email;
  if (to === undefined) throw new UserError("MAIL_ADDRESS_NEEDED", { name });
  if (settingProblem("application.admins", [{ name: "x", email: to }]) !== undefined)
    throw new UserError("SETTING_INVALID", { option: "ADDRESS", value: to });

  const { containers } = await requireOwnProject(context, instance);
  if (!containers.some(({ service, state }) => service === "app" && state === "running"))
    throw new UserError("INSTANCE_DOWN", { name });
  const applied = await appliedMail(paths.folder);
  if (!isDeepStrictEqual(applied, wanted)) throw new UserError("MAIL_NOT_APPLIED", { name });

  const { host, port } = wanted;
  const server = `${host}:${port}`;
  const { outcome, detail } = await sendFromContainer(context, paths.folder, name, to);
  switch (outcome) {
    case "sent":
      return { address: to, server, answer: detail };
    case "name":
      throw new UserError("MAIL_HOST_UNKNOWN", { server, detail });
    case "connection":
      throw new UserError("MAIL_UNREACHABLE", { server, detail });
    case "tls":
    case "starttls":
      throw new UserError("MAIL_TLS_FAILED", { server, detail });
    case "certificate":
      throw new UserError("MAIL_CERTIFICATE_REFUSED", { server, detail });
    case "login":
      throw new UserError("MAIL_LOGIN_REFUSED", { server, detail });
    case "backend":
      throw new UserError("MAIL_ELSEWHERE", { detail });
    default:
      throw new UserError("MAIL_MESSAGE_REFUSED", { server, address: to, detail });
  }
}

interface Outcome {
  outcome: string;
  detail: string;
}

async function sendFromContainer(context: Context, folder: string, name: string, to: string): Promise<Outcome> {
  const docker = await context.docker();
  const container = `${projectName(name)}-mail-${randomUUID().slice(0, 8)}`;
  try {
    const run = ["run", "--rm", "--no-deps", "--no-TTY", "--name", container, "app", "mail-test", to];
    const { output, errors } = await context.compose(folder).captured(run);
    const found = OUTCOME.exec(output)?.[1];
    if (found !== undefined) return JSON.parse(found) as Outcome;
    const lines = `${output}${errors}`.trim().split("\n").slice(-SHOWN_LINES);
    throw new UserError("MAIL_TEST_FAILED", { name, lines });
  } finally {
    await docker.remove(container);
  }
}

/** What the running containers were told. */
async function appliedMail(folder: string): Promise<unknown> {
  const text = await readFile(join(folder, "stack", "app", "settings.json"), "utf8");
  return (JSON.parse(text) as { mail?: unknown }).mail ?? null;
}
