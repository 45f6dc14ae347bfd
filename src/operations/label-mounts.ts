import { UserError } from "../errors/user-error.ts";
import type { Instance } from "../instance/instance.ts";
import type { Context } from "./context.ts";
import type { EngineMachine } from "./machine.ts";

/** The type that SELinux's policy lets containers read (container_selinux(8)). */
const CONTAINER_FILES = "container_file_t";

/**
 * On an engine with SELinux, labels what the containers mount of the instance's folder: Compose passes no label on for mounts
 * that may not make a missing folder, nor for secrets. Only the instance's own files are labelled, never a folder that the
 * operator has named.
 *
 * @param mounts relative to the instance's folder
 * @throws UserError LABEL_REFUSED
 */
export async function labelMounts(
  context: Context,
  { paths }: Instance,
  mounts: readonly string[],
  machine: EngineMachine,
): Promise<void> {
  if (!machine.selinux) return;
  // A link is labelled, never what it points to: that may be anywhere.
  const args = ["--recursive", "--no-dereference", `--type=${CONTAINER_FILES}`, "--", ...mounts];
  const { exitStatus, missing, errors } = await context.processes.run("chcon", args, { cwd: paths.folder });
  if (exitStatus === 0) return;
  const lines = missing ? ["chcon: command not found"] : errors.trim().split("\n");
  throw new UserError("LABEL_REFUSED", { folder: paths.folder, lines });
}
