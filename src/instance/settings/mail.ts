import { z } from "zod";
import { CONNECTION_SECURITY } from "../names.ts";
import { path, SENDER, secretFile, serverHost } from "./patterns.ts";

export const mail = z
  .strictObject({
    host: serverHost.describe("The SMTP server; host.docker.internal is this machine"),
    port: z.int().min(1).max(65535).optional().describe("Its port: 25, 587 (starttls) or 465 (tls) unless given"),
    security: z.enum(CONNECTION_SECURITY).optional().describe("How the connection is encrypted: starttls unless given"),
    user: z
      .string()
      .regex(/^[^\s\p{Cc}]+$/u)
      .optional()
      .describe("Login at the SMTP server"),
    password_file: secretFile.optional().describe("File of secrets/ that holds the password"),
    from: z.string().regex(SENDER).describe("Sender of every message: an address, or NAME <ADDRESS>"),
    ca_file: path
      .optional()
      .describe(
        "PEM file of the authorities that the server's certificate is checked with, from the instance's folder",
      ),
  })
  .refine((value) => (value.user === undefined) === (value.password_file === undefined), {
    params: { rule: "userWithPassword" },
  })
  .refine((value) => value.security !== "none" || (value.user === undefined && value.ca_file === undefined), {
    params: { rule: "needsEncryption" },
    path: ["security"],
  })
  .describe("The server that sends the instance's mails; without it they only go to the log");
