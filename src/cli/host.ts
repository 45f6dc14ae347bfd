import type { Messages } from "../messages/messages.ts";
import type { Session } from "./session.ts";

/** What a command is given. */
export interface CommandHost {
  messages: Messages;
  /** Opens what operations work with, when the command runs. */
  session(): Promise<Session>;
  /** Says that the command ends with this exit status. */
  exit(status: number): void;
}
