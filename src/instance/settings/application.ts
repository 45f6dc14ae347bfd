import { z } from "zod";
import { GIT_ADDRESS, LOG_LEVELS } from "../names.ts";
import { EMAIL, hostFolder, name, path, secretFile } from "./patterns.ts";
import { gitRef, gitUrl, keyFits } from "./source.ts";

/** The extra of upstream's that brings cx_Oracle (the guide, 1.2.2.4). */
export const ORACLE_EXTRA = "oracle";

/** The name of a folder of the source; or, with a slash in it, a path of this machine. */
const LOCAL_FOLDER = /^([A-Za-z0-9_][A-Za-z0-9_-]*|(?!\/+$)\P{Cc}*\/\P{Cc}*)$/u;

const local = z.union([
  z
    .string()
    .min(1)
    // First, and alone: no message may show such a value, in which there may be a login.
    .refine((text) => !GIT_ADDRESS.test(text), { params: { rule: "localIsAddress" }, abort: true })
    .regex(LOCAL_FOLDER),
  z
    .strictObject({
      git: gitUrl.describe("URL of the git repository of the site's configuration"),
      ref: gitRef.optional().describe("Its branch, tag or commit; its default branch unless given"),
      key_file: secretFile.optional().describe("File of secrets/ with the SSH private key for it, a deploy key"),
    })
    .refine(keyFits, { params: { rule: "keyNeedsSsh" }, path: ["key_file"] }),
]);

export const application = z.strictObject({
  local: local.describe(
    "The site's configuration folder: the name of one of the source's, the path of another one (./local: the instance's own), or a git repository",
  ),
  groups: z.array(name).describe("Poetry groups of the source's pyproject.toml that are installed beside main"),
  extras: z.array(name).describe("Poetry extras of the source's pyproject.toml"),
  oracle_client: path
    .optional()
    .describe("Zip file of Oracle's Instant Client (Basic) for the extra oracle, from the instance's folder"),
  fixtures: z.array(name).describe("Fixtures loaded once into an empty database"),
  workers: z
    .union([z.int().min(1).max(64), z.literal("auto")])
    .describe("gunicorn processes; auto: as many as the machine's cores and memory are good for"),
  timeout: z.int().min(30).max(3600).describe("The longest a request may take, in seconds"),
  debug: z.boolean().describe("Django's DEBUG, and what BiomAid shows with it; on loopback only"),
  debug_toolbar: z.boolean().describe("Django Debug Toolbar, which the Poetry group dev installs"),
  reload: z
    .boolean()
    .describe("Whether the source is mounted in place of a copy in the image, and each change of it served at once"),
  jobs: z.boolean().describe("Whether BiomAid's periodic tasks run on their schedule"),
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
