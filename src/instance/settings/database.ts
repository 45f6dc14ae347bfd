import { z } from "zod";
import { DATABASE_TLS } from "../names.ts";
import { path, secretFile, serverHost } from "./patterns.ts";

/** What PostgreSQL takes for a name that need not be quoted, in lower case (manual, 4.1.1); 63 bytes at most. */
const SQL_NAME = /^[a-z_][a-z0-9_-]{0,62}$/;

export const database = z
  .strictObject({
    host: serverHost.describe("The PostgreSQL server; host.docker.internal is this machine"),
    port: z.int().min(1).max(65535).optional().describe("Its port: 5432 unless given"),
    name: z.string().regex(SQL_NAME).optional().describe("The database: biomaid unless given"),
    user: z.string().regex(SQL_NAME).optional().describe("The role that owns it: biomaid unless given"),
    password_file: secretFile.describe("File of secrets/ that holds the role's password"),
    tls: z
      .enum(DATABASE_TLS)
      .optional()
      .describe(
        "verify-full (unless given): encrypted, the server's certificate and name are checked; require: encrypted, to whatever server answers; disable: anybody on the network can read along",
      ),
    ca_file: path
      .optional()
      .describe(
        "PEM file of the authorities that the server's certificate is checked with, from the instance's folder",
      ),
  })
  .refine((value) => value.ca_file === undefined || (value.tls ?? "verify-full") === "verify-full", {
    params: { rule: "authorityUnverified" },
    path: ["ca_file"],
  })
  .describe("An existing PostgreSQL server that has the database, in place of the service db");

type Given = z.infer<typeof database>;

/** With what is used where nothing is given. */
export type Database = Omit<Given, "port" | "name" | "user" | "tls"> & {
  port: number;
  name: string;
  user: string;
  tls: (typeof DATABASE_TLS)[number];
};

export function withDatabaseDefaults(given: Given): Database {
  return {
    ...given,
    port: given.port ?? 5432,
    name: given.name ?? "biomaid",
    user: given.user ?? "biomaid",
    tls: given.tls ?? "verify-full",
  };
}
