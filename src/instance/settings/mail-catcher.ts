import { z } from "zod";

export const mailCatcher = z
  .strictObject({
    port: z.int().min(1).max(65535).describe("Port of 127.0.0.1 where they are read"),
  })
  .describe("Every mail of the instance is kept, to be read in a browser, and none is sent; in place of mail");
