import { Document } from "yaml";
import type { Messages } from "../messages/messages.ts";
import type { ProfileName } from "./names.ts";
import { FORMAT_VERSION, type InstanceFile, type Source } from "./schema.ts";

/** What is said when an instance is made; everything else is the profile's. */
export interface NewInstance {
  profile: ProfileName;
  source?: Source | undefined;
  port?: number | undefined;
  bases?: InstanceFile["bases"] | undefined;
}

/** The text of a new instance.yaml: short, commented, with nothing in it that the profile already says. */
export function instanceFileText(choice: NewInstance, comments: Messages["instanceFile"]): string {
  const content: InstanceFile = { version: FORMAT_VERSION, profile: choice.profile };
  if (choice.source !== undefined) content.source = choice.source;
  if (choice.port !== undefined) content.web = { port: choice.port };
  if (choice.bases !== undefined) content.bases = choice.bases;
  const document = new Document(content);
  document.commentBefore = comments.header(choice.profile);
  document.comment = comments.footer;
  return document.toString({ lineWidth: 0 });
}
