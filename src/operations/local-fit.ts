import { relative } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { isBelow } from "../files/below.ts";
import { digestOf } from "../files/digest.ts";
import { nearest } from "../instance/diagnostics.ts";
import { describeSource, type Instance } from "../instance/instance.ts";
import { sourceLocal } from "../instance/local.ts";
import type { Lock } from "../instance/lock.ts";
import type { Release } from "../release/release.ts";
import { PATHS } from "../stack/input.ts";
import { selinuxLevel } from "../stack/selinux.ts";
import { answerIn } from "./ask-service.ts";
import type { Context } from "./context.ts";
import { digestFolder } from "./generate.ts";
import { labelMounts } from "./label-mounts.ts";
import { lastLines } from "./last-lines.ts";
import { inspectMachine } from "./machine.ts";
import { operatorFolders } from "./operator-folders.ts";

/** The command of the image, and what it prints (images/biomaid/runtime/biomaid_runtime/local_check.py). */
const QUESTION = "check-local";

/** An image that an earlier biomaid-compose built does not know the question (biomaid_runtime/__main__.py, USAGE). */
const UNKNOWN_COMMAND = 2;

type Verdict =
  | { outcome: "fits" }
  | { outcome: "absent"; candidates: string[] }
  | { outcome: "broken"; detail: string }
  | { outcome: "missing" | "twice"; apps: string[] };

/**
 * Makes sure that the local folder is one for this version of the application, before anything starts with it. Both are
 * asked in a container without network and data; an answer that was good is remembered in the lock.
 *
 * @returns the lock, with what was found to fit
 * @throws UserError LOCAL_APPS_MISSING, LOCAL_APPS_TWICE, LOCAL_BROKEN, LOCAL_NOT_IN_SOURCE, LOCAL_CHECK_FAILED, LABEL_REFUSED
 */
export async function requireFitting(
  context: Context,
  instance: Instance,
  release: Release,
  lock: Lock,
): Promise<Lock> {
  // The code of a mounted source is not in the image, and whoever works on it sees at once what does not fit.
  if (instance.settings.application.reload) return lock;
  const { local, settings } = await operatorFolders(instance, lock);
  const name = sourceLocal(instance);
  const contents = [local, settings].map(async (folder) => (folder === undefined ? "" : digestFolder(folder)));
  const fitting = digestOf(release.key, name ?? "", ...(await Promise.all(contents)));
  if (lock.fitting === fitting) return lock;

  const { folder } = instance.paths;
  const own = [local, settings].filter((path) => path !== undefined && isBelow(path, folder));
  const mounted = own.map((path) => relative(folder, path ?? ""));
  await labelMounts(context, folder, mounted, await inspectMachine(context));
  const verdict = await ask(context, release, lock, name, {
    ...(local === undefined ? {} : { [local]: PATHS.local }),
    ...(settings === undefined ? {} : { [settings]: PATHS.settings }),
  });
  const facts = { folder: local ?? name ?? "", version: release.version, path: instance.paths.file };
  switch (verdict.outcome) {
    case "fits":
      return { ...lock, fitting };
    case "missing":
      throw new UserError("LOCAL_APPS_MISSING", { ...facts, apps: verdict.apps, name: instance.name });
    case "twice":
      throw new UserError("LOCAL_APPS_TWICE", { ...facts, apps: verdict.apps, name: instance.name });
    case "broken":
      throw new UserError("LOCAL_BROKEN", { ...facts, detail: verdict.detail });
    case "absent":
      throw new UserError("LOCAL_NOT_IN_SOURCE", {
        source: describeSource(instance),
        local: facts.folder,
        known: verdict.candidates,
        suggestion: nearest(facts.folder, verdict.candidates),
      });
  }
}

async function ask(
  context: Context,
  release: Release,
  lock: Lock,
  name: string | undefined,
  mounts: Record<string, string>,
): Promise<Verdict> {
  const docker = await context.docker();
  const command = [QUESTION, ...(name === undefined ? [] : [name])];
  const { exitStatus, output, errors } = await docker.runOnce(
    release.images.app,
    command,
    mounts,
    selinuxLevel(lock.uuid),
  );
  const answer = answerIn(output, QUESTION);
  if (answer !== undefined) return answer.found as Verdict;
  if (exitStatus === UNKNOWN_COMMAND) return { outcome: "fits" };
  throw new UserError("LOCAL_CHECK_FAILED", { exitStatus, lines: lastLines(errors) });
}
