import { z } from "zod";
import { MEDIA_ACCESS } from "../names.ts";

export const media = z.strictObject({
  access: z
    .enum(MEDIA_ACCESS)
    .describe(
      "Who is sent uploaded files and attachments: signed-in (people who are signed in), or public (all who have the URL)",
    ),
});
