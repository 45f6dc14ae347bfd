import { isDeepStrictEqual } from "node:util";
import { UserError } from "../errors/user-error.ts";
import { settingProblem } from "../instance/choices.ts";
import { openInstance } from "../instance/instance.ts";
import { mailSettings } from "../stack/settings.ts";
import { askService } from "./ask-service.ts";
import { authorities } from "./authorities.ts";
import type { Context } from "./context.ts";
import { lastLines } from "./last-lines.ts";
import { appliedSettings, requireRunningApp } from "./running-app.ts";

/** What became of the message. */
export interface MailTest {
  address: string;
  server: string;
  /** The server's own words. */
  answer: string;
}

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
  const wanted = mailSettings({ instance, ...(await authorities(instance)) });
  if (wanted === null) throw new UserError("MAIL_NOT_SET", { name, path: paths.file });
  const to = address ?? settings.application.admins[0]?.email;
  if (to === undefined) throw new UserError("MAIL_ADDRESS_NEEDED", { name });
  if (settingProblem("application.admins", [{ name: "x", email: to }]) !== undefined)
    throw new UserError("SETTING_INVALID", { option: "ADDRESS", value: to });

  await requireRunningApp(context, instance);
  if (!isDeepStrictEqual(await appliedSettings(instance, "mail"), wanted))
    throw new UserError("MAIL_NOT_APPLIED", { name });

  const { host, port } = wanted;
  const server = `${host}:${port}`;
  const answer = await askService(context, instance, "mail-test", { service: "app", args: ["mail-test", to] });
  if (!("found" in answer)) throw new UserError("MAIL_TEST_FAILED", { name, lines: lastLines(answer.said) });
  const { outcome, detail } = answer.found as { outcome: string; detail: string };
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
