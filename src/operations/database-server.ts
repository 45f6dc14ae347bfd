import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { saysNetworksExhausted } from "../adapters/compose.ts";
import { UserError } from "../errors/user-error.ts";
import { DATABASE_CHECK, databaseCheckFile } from "../stack/database-check.ts";
import type { StackInput } from "../stack/input.ts";
import { askService } from "./ask-service.ts";
import type { Context } from "./context.ts";
import { labelMounts } from "./label-mounts.ts";
import { lastLines } from "./last-lines.ts";
import type { EngineMachine } from "./machine.ts";
import { withPrivateFolder } from "./private-folder.ts";

/** Django 4.2's documentation, "Databases": PostgreSQL 12 and newer. The number is that of server_version_num. */
const OLDEST = { version: "12", number: 120_000 };

interface Facts {
  outcome: "found";
  version: string;
  version_number: number;
  encoding: string;
  collation: string;
  read_only: boolean;
  makes_schemas: boolean;
  makes_tables: boolean;
  /** The UUID of the instance whose database it is. */
  instance: string | null;
}

type Outcome = Facts | { outcome: string; detail: string };

/**
 * Looks at the operator's database server from a container like the application's, before anything of the instance changes.
 *
 * @param moved whether the database may be one that another instance has left
 * @returns whether it sorts as French readers expect
 * @throws UserError DATABASE_… for what is in the way, NETWORKS_EXHAUSTED, LABEL_REFUSED
 */
export async function requireDatabaseServer(
  context: Context,
  input: StackInput,
  machine: Pick<EngineMachine, "selinux">,
  moved: boolean,
): Promise<{ french: boolean }> {
  const { database } = input.instance.settings;
  if (database === undefined) return { french: true };
  const { name: instance, paths } = input.instance;
  await labelMounts(context, paths.folder, [join("secrets", database.password_file)], machine);
  const found = await context.progress.step("database", database.host, () => look(context, input));
  if (!isFound(found)) throw refusal(input, found);

  const { name, user } = database;
  const { version, version_number, encoding } = found;
  if (version_number < OLDEST.number)
    throw new UserError("DATABASE_TOO_OLD", { found: version, oldest: OLDEST.version });
  if (encoding !== "UTF8") throw new UserError("DATABASE_ENCODING", { database: name, user, encoding });
  if (found.read_only) throw new UserError("DATABASE_READ_ONLY", { database: name });
  if (!found.makes_schemas || !found.makes_tables) throw new UserError("DATABASE_RIGHTS", { database: name, user });
  if (found.instance !== null && found.instance !== input.uuid && !moved)
    throw new UserError("DATABASE_FOREIGN", { database: name, name: instance, path: paths.file });
  return { french: /^fr\b|^fr_/i.test(found.collation) };
}

async function look(context: Context, input: StackInput): Promise<Outcome> {
  const { name, paths } = input.instance;
  return withPrivateFolder(input.uuid, async (folder) => {
    const file = join(folder, "compose.yaml");
    await writeFile(file, databaseCheckFile(input), { mode: 0o600 });
    const files = ["--file", file, "--project-directory", paths.folder];
    const answer = await askService(context, input.instance, DATABASE_CHECK, { service: DATABASE_CHECK, files });
    if ("found" in answer) return answer.found as Outcome;
    if (saysNetworksExhausted(answer.errors)) throw new UserError("NETWORKS_EXHAUSTED", {});
    throw new UserError("DATABASE_CHECK_FAILED", { name, lines: lastLines(answer.said) });
  });
}

function isFound(outcome: Outcome): outcome is Facts {
  return outcome.outcome === "found";
}

function refusal({ instance }: StackInput, { outcome, detail }: { outcome: string; detail: string }): UserError {
  const { database } = instance.settings;
  if (database === undefined) throw new Error("no server was asked");
  const { host, port, name, user } = database;
  const at = { server: `${host}:${port}`, detail };
  switch (outcome) {
    case "name":
      return new UserError("DATABASE_HOST_UNKNOWN", at);
    case "connection":
      return new UserError("DATABASE_UNREACHABLE", at);
    case "tls":
    case "protocol":
      return new UserError("DATABASE_TLS_FAILED", at);
    case "certificate":
      return new UserError("DATABASE_CERTIFICATE_REFUSED", at);
    case "certificate name":
      return new UserError("DATABASE_CERTIFICATE_NAME", { ...at, host });
    case "login":
      return new UserError("DATABASE_LOGIN_REFUSED", { ...at, user });
    case "not let in":
      return new UserError("DATABASE_NOT_LET_IN", { ...at, user, database: name });
    case "database":
      return new UserError("DATABASE_MISSING", { ...at, user, database: name });
    default:
      return new UserError("DATABASE_REFUSED", at);
  }
}
