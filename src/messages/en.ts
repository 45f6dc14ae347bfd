import { errors } from "./en/errors.ts";
import { help } from "./en/help.ts";
import * as texts from "./en/texts.ts";

export const en = { errors, help, ...texts };
