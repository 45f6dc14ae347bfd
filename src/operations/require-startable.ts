import type { TlsFiles } from "../instance/certificate.ts";
import { type Instance, refusePublishedDemo } from "../instance/instance.ts";
import { requireCertificate } from "./certificate.ts";
import type { Context } from "./context.ts";
import { requireSamePlaces } from "./data-places.ts";
import { requireHostFolders } from "./host-folders.ts";
import type { Project } from "./ownership.ts";
import { requirePorts } from "./require-port.ts";
import { requireVolumeFolders } from "./volume-folders.ts";

/**
 * Makes sure, before anything is changed, that what the settings name of this machine can be had.
 *
 * @param otherData whether the data may be others than before
 * @returns the certificate, where there is one
 * @throws UserError DEMO_PUBLISHED, PORT_TAKEN, DATABASE_ELSEWHERE, FILES_ELSEWHERE, VOLUME_FOLDER_…, HOST_FOLDER_…, and
 *   those of a certificate
 */
export async function requireStartable(
  context: Context,
  instance: Instance,
  { lock, volumes }: Project,
  otherData: boolean,
): Promise<TlsFiles | undefined> {
  refusePublishedDemo(instance, lock);
  await requirePorts(context, instance);
  if (!otherData) requireSamePlaces(instance, lock, volumes);
  await requireVolumeFolders(context, instance);
  await requireHostFolders(instance);
  return requireCertificate(instance);
}
