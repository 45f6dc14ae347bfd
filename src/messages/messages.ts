import { en } from "./en.ts";
import { fr } from "./fr.ts";

export type Messages = typeof en;
export type ErrorCode = keyof Messages["errors"];
export type ErrorParameters<C extends ErrorCode> = Parameters<Messages["errors"][C]>[0];
export type StepName = keyof Messages["steps"];
export type Language = "en" | "fr";

/** What an error says to people: what happened, and what to do next. */
export interface ErrorText {
  what: string;
  next: string;
}

const LANGUAGES: Record<Language, Messages> = { en, fr };

export function messagesFor(language: Language): Messages {
  return LANGUAGES[language];
}

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(LANGUAGES, text);
}

/**
 * The language of the operator: `--lang` first, else the locale's variables in the order of POSIX (XBD 8.2), else English.
 */
export function chooseLanguage(option: string | undefined, environment: NodeJS.ProcessEnv): Language {
  const locale = option ?? (environment["LC_ALL"] || environment["LC_MESSAGES"] || environment["LANG"] || "en");
  return locale.toLowerCase().startsWith("fr") ? "fr" : "en";
}
