import type { ErrorCode, ErrorParameters } from "../messages/messages.ts";

/** Exit statuses of the CLI, documented in README.md. */
export const EXIT_STATUS = { success: 0, failure: 1, usage: 2, bug: 70, interrupted: 130 } as const;

const USAGE_ERRORS: ReadonlySet<ErrorCode> = new Set([
  "INSTANCE_NAME_INVALID",
  "INSTANCE_FILE_INVALID",
  "INSTANCE_FILE_NEWER",
  "DEMO_PUBLISHED",
  "DEBUG_PUBLISHED",
  "DEBUG_NEEDED",
  "RELOAD_NEEDS_FOLDER",
  "MAIL_PORT_SAME",
  "REDIRECT_PORT_SAME",
  "HOST_PROXY_PUBLISHED",
  "SETTING_NEEDS_OUTGOING",
  "SETTING_NEEDS_EXTRA",
  "DEPENDENCIES_UNKNOWN",
  "IMAGE_FIXED",
  "DATABASE_TWICE",
  "USAGE",
  "PROFILE_NEEDED",
  "SETTING_INVALID",
  "SETTING_UNKNOWN",
  "SETTING_REFUSED",
  "INSTANCE_FILE_ALIASES",
  "LOGIN_IN_URL",
]);

/**
 * Something the operator can put right: it carries a stable code and the facts; the text is written by the presenter,
 * in the operator's language.
 */
export class UserError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly parameters: ErrorParameters<C>;

  constructor(code: C, parameters: ErrorParameters<C>, options?: ErrorOptions) {
    super(code, options);
    this.name = "UserError";
    this.code = code;
    this.parameters = parameters;
  }

  get exitStatus(): number {
    return USAGE_ERRORS.has(this.code) ? EXIT_STATUS.usage : EXIT_STATUS.failure;
  }
}
