import { z } from "zod";
import { LOG_LEVELS } from "../names.ts";
import { EMAIL, hostFolder, name } from "./patterns.ts";

export const application = z.strictObject({
  local: z
    .string()
    .regex(/^(\.\/local|[A-Za-z0-9_][A-Za-z0-9_-]*)$/)
    .describe("The site's configuration folder: one of the source's, or ./local for the instance's own"),
  groups: z.array(name).describe("Poetry groups installed beside main"),
  extras: z.array(name).describe("Poetry extras"),
  fixtures: z.array(name).describe("Fixtures loaded once into an empty database"),
  workers: z
    .union([z.int().min(1).max(64), z.literal("auto")])
    .describe("gunicorn processes; auto: as many as the machine's cores and memory are good for"),
  timeout: z.int().min(30).max(3600).describe("The longest a request may take, in seconds"),
  debug: z.boolean().describe("Django's DEBUG"),
  language: z.enum(["fr", "en"]).describe("Django's LANGUAGE_CODE"),
  time_zone: z
    .string()
    .regex(/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)*$/)
    .describe("Django's TIME_ZONE, and the time of the jobs"),
  log_level: z.enum(LOG_LEVELS).describe("The least important messages that the application logs"),
  admins: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(/^[^\p{Cc}<>@",;:\\]+$/u)
          .describe("Name"),
        email: z.string().regex(EMAIL).describe("Address"),
      }),
    )
    .describe("Who is sent a mail when a request fails; Django's ADMINS"),
  outgoing: z.boolean().describe("Whether the application may open connections to other machines (mail, directory)"),
  paths: z
    .record(name, hostFolder)
    .describe("Folders of this machine that tables are read from, by the names that the local folder gives them"),
  attachment_roots: z
    .record(name, hostFolder)
    .describe("Folders of this machine whose files are attachments, by the names that the application gives them"),
});
