import { z } from "zod";
import { FOLDER, secretFile } from "./patterns.ts";

/** What git accepts as the name of a branch, tag or commit (git-check-ref-format), and never an option. */
const GIT_REF = /^(?!-)(?!.*(\.\.|\/\/|@\{))[A-Za-z0-9._/+@-]+$/;

/** https, http, ssh, git and file URLs, and scp-like addresses; never an option nor a transport helper (`ext::`). */
const GIT_URL =
  /^((https?|ssh|git|file):\/\/(?!-|[^/]*@-)[^\s\p{Cc}]+|(?!-)[A-Za-z0-9._-]+@(?!-)[A-Za-z0-9._-]+:[^\s:\p{Cc}][^\s\p{Cc}]*)$/u;

/**
 * A URL with a login in it. Git's own credentials are for that: a URL stands in messages and logs, and what looks like a user
 * name may well be a token. Over ssh the user name is part of the address.
 */
const URL_WITH_LOGIN = /^(?!ssh:)[a-z+]+:\/\/[^/]*@|^ssh:\/\/[^/]*:[^/]*@/i;

/** An address that git reaches by ssh. */
const SSH_URL = /^(ssh:\/\/|(?![a-z+]+:\/\/))/;

/** The reference of an image, as the distribution specification has it, a digest included. */
const IMAGE =
  /^([A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?\/)?[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(\/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[a-z0-9]+:[0-9a-f]+)?$/;

/** The URL of a repository. */
export const gitUrl = z
  .string()
  // First, and alone: no message may show such a value.
  .refine((url) => !URL_WITH_LOGIN.test(url), { params: { rule: "loginInUrl" }, abort: true })
  .regex(GIT_URL);

export const gitRef = z.string().regex(GIT_REF);

/** Whether a key can be of use where there is one. */
export function keyFits({ git, key_file }: { git?: string | undefined; key_file?: string | undefined }): boolean {
  return key_file === undefined || (git !== undefined && SSH_URL.test(git));
}

export const source = z
  .strictObject({
    git: gitUrl.optional().describe("URL of a git repository"),
    path: z.string().min(1).regex(FOLDER).optional().describe("A folder of this machine, in git or not"),
    image: z.string().regex(IMAGE).optional().describe("An application image that is already there"),
    sample: z.literal(true).optional().describe("The sample application shipped with biomaid-compose"),
    ref: gitRef.optional().describe("Branch, tag or commit, for git and path"),
    key_file: secretFile.optional().describe("File of secrets/ with the SSH private key of git, a deploy key"),
  })
  .refine(
    (value) => [value.git, value.path, value.image, value.sample].filter((kind) => kind !== undefined).length === 1,
    {
      params: { rule: "oneSource" },
    },
  )
  .refine((value) => value.ref === undefined || value.git !== undefined || value.path !== undefined, {
    params: { rule: "refNeedsGit" },
    path: ["ref"],
  })
  .refine(keyFits, { params: { rule: "keyNeedsSsh" }, path: ["key_file"] })
  .describe("Where BiomAid's code comes from: exactly one of git, path, image, sample");
