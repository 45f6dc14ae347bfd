import { stringify } from "yaml";
import { projectName } from "../instance/instance.ts";
import { DATABASE_SECRET } from "../instance/operator-secrets.ts";
import { identityLabels, type StackInput, USERS } from "./input.ts";
import { databaseConnection, HARDENED } from "./services/common.ts";
import { databaseSettings } from "./settings.ts";
import { givenSecrets, networks } from "./stack.ts";

/** The one service of that file. */
export const DATABASE_CHECK = "database-check";

/**
 * A Compose file with one container that looks at the operator's database server from where the application will: in its
 * image, on its network, with its secret. All else is on its command line, so that nothing of the instance has to be written.
 */
export function databaseCheckFile(input: StackInput): string {
  const connection = databaseConnection(input);
  const { authorities = null } = input.database;
  const labels = identityLabels(input);
  const service = {
    ...HARDENED,
    image: input.release.images.app,
    // Compose takes a dollar sign for the start of a variable.
    command: [DATABASE_CHECK, JSON.stringify({ ...databaseSettings(input), authorities }).replaceAll("$", "$$$$")],
    restart: "no",
    user: USERS.app,
    mem_limit: "256m",
    pids_limit: 64,
    secrets: [DATABASE_SECRET],
    tmpfs: ["/tmp:mode=1777,size=16m"],
    ...connection,
    labels,
  };
  const used = Object.entries(networks(input)).filter(([name]) => connection.networks.includes(name));
  const secrets = Object.entries(givenSecrets(input)).filter(([name]) => name === DATABASE_SECRET);
  return stringify({
    name: projectName(input.instance.name),
    services: { [DATABASE_CHECK]: service },
    networks: Object.fromEntries(used),
    secrets: Object.fromEntries(secrets),
  });
}
