// Writes docs/configuration.md and docs/fr/configuration.md from the schema of instance.yaml: `npm run docs`.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROFILE_NAMES } from "../src/instance/names.ts";
import { PROFILES } from "../src/instance/profiles.ts";
import { jsonSchema } from "../src/instance/schema.ts";

export const CONFIGURATION_DOCS = { en: "docs/configuration.md", fr: "docs/fr/configuration.md" } as const;

type Language = keyof typeof CONFIGURATION_DOCS;

interface Node {
  type?: string;
  description?: string;
  properties?: Record<string, Node>;
  required?: string[];
  items?: Node;
  additionalProperties?: Node | boolean;
  anyOf?: Node[];
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  format?: string;
}

const WORDS = {
  en: {
    title: "# Settings of an instance",
    other: "*[En français](fr/configuration.md)*",
    intro:
      "Every setting of `instance.yaml`, with the default of each profile; written from the schema by `npm run docs`. `biomaid-compose config set NAME SETTING VALUE` changes one, `config get` prints one, `config unset` takes it out again: what the file does not say is the profile's. In `mail`, `host` and `from` are required; in `ldap`, `urls` and `search_base`; in `gmao`, all but `port`; in `database`, `host` and `password_file`; in `web.tls`, `certificate` and `key`.",
    columns: ["setting", "what it is", "allowed"],
    general: "General",
    none: "–",
    text: "text",
    boolean: "`true`, `false`",
    address: "an IPv4 or IPv6 address",
    block: "a CIDR block",
    number: (from: number, to: number) => `a whole number from ${from} to ${to}`,
    list: (what: string) => `a list: ${what}`,
    named: (what: string) => `names, each with ${what}`,
    group: (keys: string) => `a group of ${keys}`,
  },
  fr: {
    title: "# Paramètres d’une instance",
    other: "*[In English](../configuration.md)*",
    intro:
      "Tous les paramètres de `instance.yaml`, avec la valeur par défaut de chaque profil ; écrit à partir du schéma par `npm run docs`. `biomaid-compose config set NOM PARAMÈTRE VALEUR` en modifie un, `config get` l’affiche, `config unset` le retire : ce que le fichier ne dit pas vient du profil. Dans `mail`, `host` et `from` sont obligatoires ; dans `ldap`, `urls` et `search_base` ; dans `gmao`, tout sauf `port` ; dans `database`, `host` et `password_file` ; dans `web.tls`, `certificate` et `key`.",
    columns: ["paramètre", "ce que c’est", "valeurs admises"],
    general: "Général",
    none: "–",
    text: "texte",
    boolean: "`true`, `false`",
    address: "une adresse IPv4 ou IPv6",
    block: "un bloc CIDR",
    number: (from: number, to: number) => `un nombre entier de ${from} à ${to}`,
    list: (what: string) => `une liste : ${what}`,
    named: (what: string) => `des noms, chacun avec ${what}`,
    group: (keys: string) => `un groupe de ${keys}`,
  },
};

/** The text of the page in one language. */
export function configurationDocs(language: Language): string {
  const words = WORDS[language];
  const properties = (jsonSchema(language) as Node).properties ?? {};
  const groups = Object.entries(properties).filter(([, node]) => node.properties !== undefined);
  const single = Object.entries(properties).filter(([, node]) => node.properties === undefined);
  const lines = [
    words.title,
    "",
    words.other,
    "",
    words.intro,
    "",
    `## ${words.general}`,
    "",
    ...table(single, "", words),
  ];
  for (const [name, node] of groups) {
    lines.push("", `## \`${name}\``, "", `${node.description}.`, "");
    lines.push(...table(Object.entries(node.properties ?? {}), `${name}.`, words));
  }
  return `${lines.join("\n")}\n`;
}

function table(settings: [string, Node][], prefix: string, words: (typeof WORDS)[Language]): string[] {
  const row = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const heads = [...words.columns, ...PROFILE_NAMES.map((profile) => `\`${profile}\``)];
  const rowsOf = (key: string, node: Node, prefix: string): string[] => {
    const name = prefix + key;
    const defaults = PROFILE_NAMES.map((profile) => code(defaultOf(profile, name), words.none));
    const below = [node, ...(node.anyOf ?? [])].flatMap(({ properties }) => Object.entries(properties ?? {}));
    return [
      row([`\`${name}\``, node.description ?? "", allowed(node, words), ...defaults]),
      ...below.flatMap(([inner, value]) => rowsOf(inner, value, `${name}.`)),
    ];
  };
  const rows = settings.flatMap(([key, node]) => rowsOf(key, node, prefix));
  return [row(heads), row(heads.map(() => "---")), ...rows];
}

function allowed(node: Node, words: (typeof WORDS)[Language]): string {
  if (node.const !== undefined) return `\`${node.const}\``;
  if (node.enum !== undefined) return node.enum.map((value) => `\`${value}\``).join(", ");
  if (node.anyOf !== undefined) return [...new Set(node.anyOf.map((one) => allowed(one, words)))].join(", ");
  if (node.format?.startsWith("ip")) return words.address;
  if (node.format?.startsWith("cidr")) return words.block;
  if (node.type === "boolean") return words.boolean;
  if (node.type === "integer") return words.number(node.minimum ?? 0, node.maximum ?? 0);
  if (node.items !== undefined) return words.list(allowed(node.items, words));
  if (node.properties !== undefined)
    return words.group(
      Object.keys(node.properties)
        .map((key) => `\`${key}\``)
        .join(", "),
    );
  if (typeof node.additionalProperties === "object") return words.named(allowed(node.additionalProperties, words));
  return words.text;
}

function defaultOf(profile: (typeof PROFILE_NAMES)[number], name: string): unknown {
  const content: unknown = { profile, ...PROFILES[profile] };
  return name.split(".").reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], content);
}

function code(value: unknown, none: string): string {
  if (value === undefined) return none;
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

if (process.argv[1] === import.meta.filename) {
  for (const language of ["en", "fr"] as const)
    await writeFile(join(import.meta.dirname, "..", CONFIGURATION_DOCS[language]), configurationDocs(language));
}
