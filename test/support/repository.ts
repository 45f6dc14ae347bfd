import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";

/** A repository of git's on this machine, with a branch main. */
export interface Repository {
  folder: string;
  /** To be cloned over file://. */
  url: string;
  git(...args: string[]): Promise<string>;
  /** Commits all that is there, with this text in this file; gives the commit. */
  commit(text: string, file?: string): Promise<string>;
}

/** @param folder with the files of the first commit, or not there yet */
export async function createRepository(folder: string): Promise<Repository> {
  const git = async (...args: string[]): Promise<string> => {
    const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"];
    return (await execa("git", ["-C", folder, ...identity, ...args])).stdout.trim();
  };
  await mkdir(folder, { recursive: true });
  await git("init", "--quiet", "--initial-branch", "main");
  return {
    folder,
    url: pathToFileURL(folder).href,
    git,
    async commit(text, file = "MARK") {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
      await git("add", "--all");
      await git("commit", "--quiet", "--message", text.slice(0, 50));
      return git("rev-parse", "HEAD");
    },
  };
}
