import { z } from "zod";
import { isEverything, isLoopback } from "../addresses.ts";
import { path } from "./patterns.ts";

/** RFC 1123, section 2.1, with a leading dot for sub-domains as in Django's ALLOWED_HOSTS; or an IPv4 or [IPv6] address. */
const HOST =
  /^(\.?[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])$/;

/** An origin (RFC 6454): scheme, host and port, never a path, because BiomAid's own links begin at the root. */
const ORIGIN =
  /^https?:\/\/([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])(:[1-9][0-9]{0,4})?\/?$/;

/** In `web.trusted_proxies`: a proxy on this machine, whatever address it is seen with. */
export const HOST_PROXY = "host";

const tls = z.strictObject({
  certificate: path.describe("PEM file: the certificate, then those of the authorities that issued it"),
  key: path.describe("PEM file with the certificate's private key, not encrypted"),
  redirect_port: z.int().min(1).max(65535).optional().describe("Published port that redirects HTTP to HTTPS"),
  hsts: z
    .int()
    .min(1)
    .max(63_072_000)
    .optional()
    .describe(
      "Seconds for which browsers are told to use HTTPS only (HSTS); cannot be taken back before they are over",
    ),
});

const trustedProxy = z
  .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6(), z.literal(HOST_PROXY)])
  .refine((value) => !isLoopback(value), { params: { rule: "loopbackProxy" } })
  .refine((value) => !isEverything(value), { params: { rule: "everyoneTrusted" } });

export const web = z.strictObject({
  hosts: z
    .array(z.string().regex(HOST))
    .min(1)
    .describe("Names under which people reach the instance; the first one is used in mails"),
  address: z.union([z.ipv4(), z.ipv6()]).describe("Address of this machine that the web port is published on"),
  port: z.int().min(1).max(65535).describe("Published web port"),
  upload_limit: z.int().min(1).max(10_000).describe("Largest request body, in MB"),
  url: z
    .string()
    .regex(ORIGIN)
    .refine((value) => URL.canParse(value), { params: { rule: "urlInvalid" } })
    .optional()
    .describe("Address that people type, where it is another than hosts, port and tls give: that of a proxy in front"),
  tls: tls.optional().describe("HTTPS; without it, the web port speaks HTTP"),
  trusted_proxies: z
    .array(trustedProxy)
    .describe(
      "Addresses (or CIDR blocks) of the proxies in front, whose X-Forwarded-* are believed; host: this machine",
    ),
  documentation: z
    .boolean()
    .describe("Serve the HTML documentation that `biomaid-compose docs` built, to everybody, under /documentation/"),
  publish_demo: z.boolean().describe("Allow an instance whose passwords are public on another address than loopback"),
});
