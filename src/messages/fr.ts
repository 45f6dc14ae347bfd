import type { en } from "./en.ts";
import { errors } from "./fr/errors.ts";
import { help } from "./fr/help.ts";
import * as texts from "./fr/texts.ts";

/** The compiler checks that no message lacks its French. */
export const fr: typeof en = { errors, help, ...texts };
