import { join } from "node:path";

const folder = process.env["BIOMAID_SOURCE"];
const ref = process.env["BIOMAID_REF"];

/** The application that the tests run: the sample, or the checkout of BiomAid that BIOMAID_SOURCE (and BIOMAID_REF) names. */
export const application = {
  isSample: !folder,
  /** What the CLI is told. */
  options: folder ? ["--source", folder, ...(ref ? ["--ref", ref] : [])] : ["--source", "sample"],
  folder: folder ?? join(import.meta.dirname, "..", "..", "sample"),
  ref: folder ? ref : undefined,
  superuser: { username: "root", password: "introuvable" },
};
