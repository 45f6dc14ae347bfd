import { normalize } from "node:path/posix";
import { z } from "zod";
import { isLoopback } from "../addresses.ts";

/** No file system takes a path with a NUL, and no message shows one with a line end in it as it is. */
export const FOLDER = /^\P{Cc}*$/u;

export const path = z.string().min(1).regex(FOLDER);

/** Kernel interfaces and sockets, the engine's own among them: nothing that an application has files in. */
const NOT_FOR_FILES = /^\/(proc|sys|dev|run|var\/run)(\/|$)/;

const HOST_FOLDER = /^\/[^/\p{Cc}]\P{Cc}*$/u;

/** A folder of this machine that containers are given. */
export const hostFolder = z
  .string()
  .refine(isHostFolder, { params: { rule: "hostFolder" } })
  .meta({ pattern: HOST_FOLDER.source });

function isHostFolder(path: string): boolean {
  return HOST_FOLDER.test(path) && normalize(path) === path && !path.endsWith("/") && !NOT_FOR_FILES.test(path);
}

/** The name of a file, never of a way to one. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** What the tool itself keeps in secrets/. */
const OWN_SECRETS = ["secret_key", "database_password", "tls", "known_hosts"];

/** A file of secrets/ that the operator puts there. */
export const secretFile = z
  .string()
  .regex(FILE_NAME)
  .refine((file) => !OWN_SECRETS.includes(file), { params: { rule: "ownSecret" } });

export const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/);

/** A host of the network: a name without the leading dot of ALLOWED_HOSTS, or an address. */
const NETWORK_HOST = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/** A server that containers connect to: to them, loopback is not this machine. */
export const serverHost = z
  .string()
  .regex(NETWORK_HOST)
  .refine((host) => !isOwnHost(host), { params: { rule: "loopbackServer" } });

/** Whether whoever connects there connects to itself. */
export function isOwnHost(host: string): boolean {
  return isLoopback(host) || /^localhost(\.|$)/i.test(host);
}

/** An address of mail as Django's own validator takes it, without quoted local parts. */
const ADDRESS =
  "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*";
export const EMAIL = new RegExp(`^${ADDRESS}$`);

/** With or without a name before it: `BiomAid <biomaid@chu.example>`. */
export const SENDER = new RegExp(`^(${ADDRESS}|[^\\s<>@"\\p{Cc},;:\\\\][^<>@"\\p{Cc},;:\\\\]* <${ADDRESS}>)$`, "u");
