import { UserError } from "../errors/user-error.ts";
import type { Context } from "./context.ts";
import type { EngineMachine } from "./machine.ts";

/** The type that SELinux's policy lets containers read (container_selinux(8)). */
const CONTAINER_FILES = "container_file_t";

/**
 * On an engine with SELinux, labels what the containers mount of a folder that is ours: Compose passes no label on for mounts
 * that may not make a missing folder, nor for secrets. A folder that the operator has named is never labelled.
 *
 * @param mounts relative to the folder
 * @throws UserError LABEL_REFUSED
 */
export async function labelMounts(
  context: Context,
  folder: string,
  mounts: readonly string[],
  machine: Pick<EngineMachine, "selinux">,
): Promise<void> {
  if (!machine.selinux || mounts.length === 0) return;
  // A link is labelled, never what it points to: that may be anywhere.
  const args = ["--recursive", "--no-dereference", `--type=${CONTAINER_FILES}`, "--", ...mounts];
  const { exitStatus, missing, errors } = await context.processes.run("chcon", args, { cwd: folder });
  if (exitStatus === 0) return;
  const lines = missing ? ["chcon: command not found"] : errors.trim().split("\n");
  throw new UserError("LABEL_REFUSED", { folder, lines });
}
