import type { en } from "./en.ts";

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

/** Only the language that is spoken is loaded. */
export async function loadMessages(language: Language): Promise<Messages> {
  return language === "fr" ? (await import("./fr.ts")).fr : (await import("./en.ts")).en;
}

export function isLanguage(text: string): text is Language {
  return text === "en" || text === "fr";
}

/**
 * The language of the operator: `--lang` first, else the locale's variables in the order of POSIX (XBD 8.2), else English.
 */
export function chooseLanguage(option: string | undefined, environment: NodeJS.ProcessEnv): Language {
  const locale = option ?? (environment["LC_ALL"] || environment["LC_MESSAGES"] || environment["LANG"] || "en");
  return locale.toLowerCase().startsWith("fr") ? "fr" : "en";
}
