import { isDeepStrictEqual } from "node:util";
import type { VolumeState } from "../adapters/docker.ts";
import { requestStatus } from "../adapters/http.ts";
import { UserError } from "../errors/user-error.ts";
import { writeGenerated } from "../files/generated.ts";
import { inUrl } from "../instance/addresses.ts";
import { type Instance, isPublished, isUnderDevelopment, mainHost, publishedPorts } from "../instance/instance.ts";
import { type Lock, newLock, writeLock } from "../instance/lock.ts";
import { instancePaths } from "../instance/paths.ts";
import { releaseOf } from "../release/release.ts";
import { ownVolumes, volumeName } from "../stack/input.ts";
import { appDigest, generateStack, ownMounts } from "../stack/stack.ts";
import { buildImages, readRecipes } from "./build-images.ts";
import { installCertificate, removeFormerCertificates } from "./certificate.ts";
import type { Context } from "./context.ts";
import { withPlaces } from "./data-places.ts";
import { requireDatabaseServer } from "./database-server.ts";
import { makeDocumentationFolder } from "./documentation-folder.ts";
import { writeEditorSchema } from "./editor-schema.ts";
import { stackInput } from "./generate.ts";
import { type InitOptions, withInstance } from "./init.ts";
import { type AddressWarning, type InstanceAddress, instanceAddress, instanceUrl } from "./instance-address.ts";
import { labelMounts } from "./label-mounts.ts";
import { requireFitting } from "./local-fit.ts";
import { inspectMachine, type MachineWarning, machineWarnings } from "./machine.ts";
import { requireReadableFolders } from "./operator-folders.ts";
import { oracleClient } from "./oracle-client.ts";
import { requireOwnProject } from "./ownership.ts";
import { prepareSecrets } from "./prepare-secrets.ts";
import { removePrivateFolders } from "./private-folder.ts";
import { readProject, requireDependencies, withProject } from "./read-project.ts";
import { requirePorts } from "./require-port.ts";
import { requireSeenFolder } from "./require-seen.ts";
import { requireStartable } from "./require-startable.ts";
import { requireTools } from "./require-tools.ts";
import { resolveBases } from "./resolve-bases.ts";
import { checkOutLocal, removeFormerCheckouts, resolveLocal } from "./resolve-local.ts";
import { resolveInstanceSource, withSource } from "./resolve-source.ts";
import { startStack } from "./start-stack.ts";
import { claimVolumeFolders, requireVolumeFolders } from "./volume-folders.ts";

export interface UpOptions extends InitOptions {
  /** Start with the data that are where the settings say, although those of the instance were elsewhere. */
  otherData?: boolean | undefined;
}

export type UpWarning = AddressWarning | MachineWarning | "development" | "databaseNotFrench" | "databaseOnNetwork";

export interface UpResult extends Omit<InstanceAddress, "warnings"> {
  /** Addresses and ports that other machines can reach since this `up`. */
  published: string[];
  name: string;
  version: string;
  sample: boolean;
  /** Whether its users are still to be made: neither fixtures nor an earlier start can have made one. */
  firstUser: boolean;
  warnings: UpWarning[];
}

/**
 * Makes an instance run as its folder says: creates it where there is none, builds what is missing, generates the stack
 * and has Compose bring it up. With nothing changed it restarts nothing.
 */
export async function up(
  context: Context,
  name: string,
  { otherData = false, ...options }: UpOptions,
): Promise<UpResult> {
  instancePaths(context.home, name);
  await requireTools(context);
  // An instance that can not start is not made: the next try may well have other options.
  const check = async (draft: Instance): Promise<void> => {
    await requireSeenFolder(context, draft.paths.folder);
    await requirePorts(context, draft);
    await requireVolumeFolders(context, draft);
    const lock = newLock(context.generator);
    const source = await resolveInstanceSource(context, draft, lock);
    requireDependencies(draft, await readProject(context, draft, source, lock));
  };
  return withInstance(context, name, options, check, async (instance) => {
    const project = await requireOwnProject(context, instance);
    const { lock: before, volumes } = project;
    await requireSeenFolder(context, instance.paths.folder);
    await removePrivateFolders(before.uuid);
    const tls = await requireStartable(context, instance, project, otherData);
    await writeEditorSchema(context, instance);
    const withLocal = await resolveLocal(context, instance, before);
    await checkOutLocal(context, instance, withLocal);
    await requireReadableFolders(instance, withLocal);
    const lock = await prepareSecrets(instance, withLocal, volumes);
    if (tls !== undefined) await installCertificate(instance, tls);

    const source = await resolveInstanceSource(context, instance, lock);
    const code = await readProject(context, instance, source, lock);
    requireDependencies(instance, code);
    const oracle = await oracleClient(instance);
    const bases = await resolveBases(context, instance, lock, code);
    const planned = {
      ...withProject(withSource(lock, source), source, code),
      bases: { ...bases, images: { ...bases.images } },
    };
    await writeLock(instance.paths.lock, planned);

    const recipes = await readRecipes();
    const release = releaseOf(source, instance.settings.application, bases, recipes, oracle);
    await buildImages(context, instance, lock.uuid, source, bases, release, recipes);
    const resolved = await requireFitting(context, instance, release, planned);

    if (instance.settings.web.documentation) await makeDocumentationFolder(instance.paths.documentation);
    const machine = await inspectMachine(context);
    const input = await stackInput(instance, release, resolved, machine);
    const server = await requireDatabaseServer(context, input, machine, otherData);
    const folders = await claimVolumeFolders(context, input, before, otherData);
    await writeGenerated(instance.paths.folder, generateStack(input));
    const app = { digest: appDigest(input), generation: input.generation };
    const published = reachableFromOutside(instance);
    const { published: _, ...placed } = withPlaces(withFixtures(resolved, instance), instance);
    const started = { ...placed, generator: context.generator, app, ...(published.length > 0 && { published }) };
    await writeLock(instance.paths.lock, started);

    await labelMounts(context, instance.paths.folder, ownMounts(input), machine);
    await startStack(context, instance);
    await requireAnswer(instance);
    await removeFormerCertificates(instance);
    await removeFormerCheckouts(instance, started);
    const address = await instanceAddress(instance, started);
    return {
      ...address,
      name,
      version: release.version,
      firstUser: isNew(instance, before, volumes) && started.fixtures === undefined,
      sample: source.kind === "folder" && source.sample,
      warnings: [
        ...address.warnings,
        ...(isUnderDevelopment(instance) ? (["development"] as const) : []),
        ...machineWarnings(instance, machine),
        ...(server.french ? [] : (["databaseNotFrench"] as const)),
        ...(folders.onNetwork ? (["databaseOnNetwork"] as const) : []),
      ],
      published: isDeepStrictEqual(before.published ?? [], published) ? [] : published,
    };
  });
}

/** Remembered before the database can have them: a crash must not leave public passwords that nobody knows of. */
function withFixtures(lock: Lock, { settings }: Instance): Lock {
  const given = new Set([...(lock.fixtures ?? []), ...settings.application.fixtures]);
  return given.size === 0 ? lock : { ...lock, fixtures: [...given] };
}

/** Whether there was no database before; on a server or in a folder of the operator's, whether the instance was not. */
function isNew(instance: Instance, before: Lock, volumes: readonly VolumeState[]): boolean {
  if (!ownVolumes(instance).includes("database")) return before.app === undefined;
  return !volumes.some(({ name }) => name === volumeName(instance, "database"));
}

/** Where the web ports listen for other machines. */
function reachableFromOutside(instance: Instance): string[] {
  if (!isPublished(instance)) return [];
  return publishedPorts(instance).map(({ port }) => `${inUrl(instance.settings.web.address)}:${port}`);
}

/** An address to connect to for one to listen on: "all addresses" is none that can be called. */
function reachable(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  if (address === "::") return "[::1]";
  return inUrl(address);
}

async function requireAnswer(instance: Instance): Promise<void> {
  const { address, port, tls } = instance.settings.web;
  const scheme = tls === undefined ? "http" : "https";
  // The names may mean something on the users' network only: the question goes to the published port, under such a name.
  const status = await requestStatus(`${scheme}://${reachable(address)}:${port}/`, `${mainHost(instance)}:${port}`);
  const url = instanceUrl(instance);
  if (status === undefined || status >= 400) throw new UserError("NO_ANSWER", { name: instance.name, url, status });
}
