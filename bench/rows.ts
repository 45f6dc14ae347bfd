import { bytecode } from "./rows/bytecode.ts";
import { firstUp } from "./rows/first-up.ts";
import { help } from "./rows/help.ts";
import { imageSize } from "./rows/image-size.ts";
import { media } from "./rows/media.ts";
import { publishedPort } from "./rows/published-port.ts";
import { rebuild } from "./rows/rebuild.ts";
import { signIn } from "./rows/sign-in.ts";
import { staticFile } from "./rows/static-file.ts";
import { upUnchanged } from "./rows/up-unchanged.ts";
import type { Row } from "./support/bench.ts";

export const ROWS: readonly Row[] = [
  staticFile,
  signIn,
  publishedPort,
  media,
  upUnchanged,
  help,
  bytecode,
  imageSize,
  rebuild,
  firstUp,
];
