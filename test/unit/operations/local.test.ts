import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { createProcessRunner } from "../../../src/adapters/process.ts";
import { assetFolder } from "../../../src/files/assets.ts";
import { listTree } from "../../../src/files/tree.ts";
import { openInstance } from "../../../src/instance/instance.ts";
import { localFolder } from "../../../src/instance/local.ts";
import { newLock, readLock } from "../../../src/instance/lock.ts";
import type { InstanceFile } from "../../../src/instance/schema.ts";
import { en } from "../../../src/messages/en.ts";
import type { Context } from "../../../src/operations/context.ts";
import { init } from "../../../src/operations/init.ts";
import { copyLocal } from "../../../src/operations/local-copy.ts";
import { updateLocal } from "../../../src/operations/local-update.ts";
import { requireReadableFolders } from "../../../src/operations/operator-folders.ts";
import { checkOutLocal, removeFormerCheckouts, resolveLocal } from "../../../src/operations/resolve-local.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

const NAME = "ci";

/** A context without an engine. */
function contextIn(home: string): Context {
  const processes = createProcessRunner(() => {}, new AbortController().signal);
  const none = (): never => {
    throw new Error("no engine here");
  };
  return {
    home,
    cache: join(home, "cache"),
    environment: process.env,
    processes,
    docker: none,
    compose: none,
    progress: { step: (_name, _subject, work) => work(() => {}) },
    messages: en,
    generator: "test",
  };
}

/** A repository with the sample's local folder in it. */
async function siteRepository(folder: string): Promise<{ url: string; commit(text: string): Promise<string> }> {
  const git = (...args: string[]) =>
    execa("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org", ...args]);
  await execa("cp", ["-R", join(assetFolder("sample"), "local_biomaid"), folder]);
  await git("init", "--quiet", "--initial-branch=main");
  const commit = async (text: string): Promise<string> => {
    await writeFile(join(folder, "conf.ini"), text);
    await git("add", "--all");
    await git("commit", "--quiet", "--message=x");
    return (await git("rev-parse", "HEAD")).stdout;
  };
  return { url: pathToFileURL(folder).href, commit };
}

async function newInstance(context: Context, application: InstanceFile["application"] = {}) {
  return init(context, NAME, { source: { sample: true }, application });
}

describe("a copy of the source's local folder", () => {
  test("becomes the instance's own, and instance.yaml says so", async () => {
    await using home = await temporaryFolder();
    const context = contextIn(home.path);
    const { paths } = await newInstance(context, { workers: 3 });
    const copy = await copyLocal(context, NAME, undefined);
    expect(copy).toEqual({ folder: paths.local, from: "local_biomaid", version: "sample" });
    expect(await listTree(paths.local)).toEqual(await listTree(join(assetFolder("sample"), "local_biomaid")));
    const { settings } = await openInstance(home.path, NAME);
    expect([settings.application.local, settings.application.workers]).toEqual(["./local", 3]);
  });

  test("can be read by the containers whatever the umask", async () => {
    await using home = await temporaryFolder();
    const context = contextIn(home.path);
    const { paths } = await newInstance(context);
    const before = process.umask(0o077);
    try {
      await copyLocal(context, NAME, undefined);
    } finally {
      process.umask(before);
    }
    const lock = (await readLock(paths.lock)) ?? expect.unreachable("no lock");
    await requireReadableFolders(await openInstance(home.path, NAME), lock);
  });

  test("never takes the place of one that is there", async () => {
    await using home = await temporaryFolder();
    const context = contextIn(home.path);
    const { paths } = await newInstance(context);
    await mkdir(paths.local);
    await writeFile(join(paths.local, "settings.py"), "OURS = True\n");
    const error = await userErrorOf(() => copyLocal(context, NAME, undefined));
    expect(error.code).toBe("LOCAL_EXISTS");
    expect(await readdir(paths.local)).toEqual(["settings.py"]);
    expect((await openInstance(home.path, NAME)).settings.application.local).toBe("local_biomaid");
  });

  test("of a folder that the source does not have is refused with those that it has", async () => {
    await using home = await temporaryFolder();
    const context = contextIn(home.path);
    const { paths } = await newInstance(context);
    const error = await userErrorOf(() => copyLocal(context, NAME, "local_bioaid"));
    expect(error).toMatchObject({
      code: "LOCAL_NOT_IN_SOURCE",
      parameters: { known: ["local_biomaid"], suggestion: "local_biomaid" },
    });
    expect(await readdir(paths.folder)).not.toContain("local");
  });
});

describe("a local folder from a repository", () => {
  test("stays at the commit that its branch was at, until it is updated", async () => {
    await using home = await temporaryFolder();
    const context = contextIn(home.path);
    const site = await siteRepository(join(home.path, "site"));
    const first = await site.commit("[first]\n");
    const instance = await newInstance(context, { local: { git: site.url, ref: "main" } });
    expect(await updateLocal(context, NAME)).toMatchObject({ before: null, commit: first });
    const second = await site.commit("[second]\n");

    const lock = (await readLock(instance.paths.lock)) ?? newLock("test");
    const kept = await resolveLocal(context, instance, lock);
    expect(kept.local?.commit).toBe(first);
    await checkOutLocal(context, instance, kept);
    const folder = localFolder(instance, kept) ?? "";
    expect(await readFile(join(folder, "conf.ini"), "utf8")).toBe("[first]\n");

    expect(await updateLocal(context, NAME)).toMatchObject({ before: first, commit: second });
    const moved = (await readLock(instance.paths.lock)) ?? newLock("test");
    await checkOutLocal(context, instance, moved);
    // The first one is there as long as containers may run with it.
    expect(await readdir(instance.paths.checkouts)).toHaveLength(2);
    await removeFormerCheckouts(instance, moved);
    const [left = ""] = await readdir(instance.paths.checkouts);
    expect(await readFile(join(instance.paths.checkouts, left, "conf.ini"), "utf8")).toBe("[second]\n");
  });

  test("can be read by the containers whatever the umask, and has nothing of git's in it", async () => {
    await using home = await temporaryFolder();
    const context = contextIn(home.path);
    const site = await siteRepository(join(home.path, "site"));
    await site.commit("[x]\n");
    const instance = await newInstance(context, { local: { git: site.url } });
    const lock = await resolveLocal(context, instance, newLock("test"));
    const before = process.umask(0o077);
    try {
      await checkOutLocal(context, instance, lock);
    } finally {
      process.umask(before);
    }
    const folder = localFolder(instance, lock) ?? "";
    for (const path of ["", "static", "static/local/css"])
      expect((await stat(join(folder, path))).mode & 0o777, path).toBe(0o755);
    expect((await stat(join(folder, "settings.py"))).mode & 0o777).toBe(0o644);
    expect(await readdir(folder)).not.toContain(".git");
    expect(await readdir(instance.paths.checkouts)).toHaveLength(1);
    // What was only opened to others has not changed.
    await checkOutLocal(context, instance, lock);
  });

  test("that was changed by hand is refused with the files, and comes back when it is removed", async () => {
    await using home = await temporaryFolder();
    const context = contextIn(home.path);
    const site = await siteRepository(join(home.path, "site"));
    await site.commit("[x]\n");
    const instance = await newInstance(context, { local: { git: site.url } });
    const lock = await resolveLocal(context, instance, newLock("test"));
    await checkOutLocal(context, instance, lock);
    const folder = localFolder(instance, lock) ?? "";
    await writeFile(join(folder, "conf.ini"), "[by hand]\n");
    await writeFile(join(folder, "new.py"), "");
    await rm(join(folder, "static/local/favicon.ico"));
    const error = await userErrorOf(() => checkOutLocal(context, instance, lock));
    expect(error).toMatchObject({
      code: "LOCAL_CHECKOUT_EDITED",
      parameters: { files: ["conf.ini", "new.py", "static/local/favicon.ico"] },
    });
    await rm(folder, { recursive: true });
    await checkOutLocal(context, instance, lock);
    expect(await readFile(join(folder, "conf.ini"), "utf8")).toBe("[x]\n");
  });

  test("is what update is about: a folder has no commit", async () => {
    await using home = await temporaryFolder();
    const context = contextIn(home.path);
    await newInstance(context, { local: "./local" });
    expect((await userErrorOf(() => updateLocal(context, NAME))).code).toBe("LOCAL_NOT_GIT");
  });
});
