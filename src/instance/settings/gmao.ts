import { z } from "zod";
import { FOLDER, secretFile, serverHost } from "./patterns.ts";

export const gmao = z
  .strictObject({
    host: serverHost.describe("The Oracle server; host.docker.internal is this machine"),
    port: z.int().min(1).max(65535).optional().describe("Its port: 1521 unless given"),
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_$#.-]*$/)
      .describe("The database's identifier (SID)"),
    user: z.string().min(1).regex(FOLDER).describe("Login at the database"),
    password_file: secretFile.describe("File of secrets/ that holds its password"),
  })
  .describe("The Oracle database of the maintenance software (GMAO), which some of BiomAid's pages read");

export const GMAO_PORT = 1521;
