import { z } from "zod";
import { hostFolder } from "./patterns.ts";

export const volumes = z
  .strictObject({
    media: hostFolder.optional().describe("Folder for the uploaded files, by its absolute path"),
    database: hostFolder.optional().describe("Folder for the database of the service db, by its absolute path"),
  })
  .refine(({ media, database }) => media === undefined || database === undefined || !overlap(media, database), {
    params: { rule: "foldersOverlap" },
  })
  .describe("Folders of this machine in place of Docker's own volumes");

function overlap(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}
