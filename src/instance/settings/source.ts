import { z } from "zod";
import { FOLDER } from "./patterns.ts";

/** What git accepts as the name of a branch, tag or commit (git-check-ref-format), and never an option. */
const GIT_REF = /^(?!-)(?!.*(\.\.|\/\/|@\{))[A-Za-z0-9._/+@-]+$/;

/** https, http, ssh, git and file URLs, and scp-like addresses; never an option nor a transport helper (`ext::`). */
const GIT_URL =
  /^((https?|ssh|git|file):\/\/(?!-|[^/]*@-)[^\s\p{Cc}]+|(?!-)[A-Za-z0-9._-]+@(?!-)[A-Za-z0-9._-]+:[^\s:\p{Cc}][^\s\p{Cc}]*)$/u;

/** The reference of an image, as the distribution specification has it, a digest included. */
const IMAGE =
  /^([A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?\/)?[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(\/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[a-z0-9]+:[0-9a-f]+)?$/;

export const source = z
  .strictObject({
    git: z.string().regex(GIT_URL).optional().describe("URL of a git repository"),
    path: z.string().min(1).regex(FOLDER).optional().describe("A folder of this machine, in git or not"),
    image: z.string().regex(IMAGE).optional().describe("An application image that is already there"),
    sample: z.literal(true).optional().describe("The sample application shipped with biomaid-compose"),
    ref: z.string().regex(GIT_REF).optional().describe("Branch, tag or commit, for git and path"),
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
  .describe("Where BiomAid's code comes from: exactly one of git, path, image, sample");
