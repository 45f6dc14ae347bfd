import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

const folder = process.env["BIOMAID_SOURCE"];
const ref = process.env["BIOMAID_REF"];

/** The application that the tests run: the sample, or the checkout of BiomAid that BIOMAID_SOURCE (and BIOMAID_REF) names. */
export const application = {
  isSample: !folder,
  /** What the CLI is told. */
  options: folder ? ["--source", folder, ...(ref ? ["--ref", ref] : [])] : ["--source", "sample"],
  folder: folder ?? join(import.meta.dirname, "..", "..", "sample"),
  ref: folder ? ref : undefined,
  /** Of BiomAid's fixtures, which the sample has too: may ask for purchases. */
  user: { username: "couranth", password: "yQ6FfiKypa7h8Hc" },
  superuser: { username: "root", password: "introuvable" },
};

/** Writes the application's code, without history, into a new folder: for a test to change. */
export async function copyApplication(target: string): Promise<void> {
  await mkdir(target);
  if (application.ref === undefined) {
    await cp(application.folder, target, { recursive: true, filter: (path) => !/\/(\.git|__pycache__)$/.test(path) });
  } else {
    const archive = `${target}.tar`;
    await execa("git", ["-C", application.folder, "archive", "--output", archive, application.ref]);
    await execa("tar", ["-xf", archive, "-C", target]);
  }
}
