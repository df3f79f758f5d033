// `{{variables}}` as the page shows them while they are typed: where they stand in a text, what
// they stand for, and where that comes from. What is sent is resolved by the server alone.

import type { WorkspaceState } from "../../protocol/generated";

/** A part of a text; a variable has its name. */
export interface Part {
  text: string;
  name: string | null;
}

/** What a variable stands for. */
export interface Meaning {
  name: string;
  /** `unknown` has no value here. */
  source: "variable" | "secret" | "built-in" | "unknown";
  /** The value; of secrets and built-ins what can be said of it. */
  value: string;
  /** Where it comes from: "staging", "secret from the keyring". */
  from: string;
}

const VARIABLE = /\{\{\s*(\$?[A-Za-z_][\w.-]*)\s*\}\}/g;

const BUILT_IN: Readonly<Record<string, string>> = {
  $uuid: "a new UUID each time",
  $timestamp: "the seconds since 1970",
  $iso_time: "the time, as 2026-01-31T12:00:00.000Z",
  $random_int: "a number from 0 to 999",
};

const PLACES: Readonly<Record<string, string>> = {
  keyring: "secret from the keyring",
  environment: "secret from the process’s environment",
  ".env": "secret from .env",
};

const DEEPEST = 10;

/** Cut a text into what stands there and variables. */
export function partsOf(text: string): Part[] {
  const found: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(VARIABLE)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index), name: null });
    found.push({ text: match[0], name: match[1] ?? "" });
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push({ text: text.slice(from), name: null });
  return found;
}

/** Names of the variables in a text, each once. */
export function namesIn(text: string): string[] {
  return [...new Set(partsOf(text).flatMap((part) => part.name ?? []))];
}

/** What a variable stands for in an environment; an empty environment has none. */
export function meaningOf(name: string, workspace: WorkspaceState, environment: string): Meaning {
  if (name.startsWith("$")) {
    const value = ownOf(BUILT_IN, name);
    return value === undefined
      ? { name, source: "unknown", value: "", from: "no built-in of this name" }
      : { name, source: "built-in", value, from: "built in" };
  }
  const { variables, secrets } = environmentOf(workspace, environment);
  if (secrets.includes(name)) {
    const place = ownOf(workspace.secrets, name) ?? "";
    return place === ""
      ? { name, source: "unknown", value: "", from: "a secret without a value on this machine" }
      : { name, source: "secret", value: "••••••", from: PLACES[place] ?? place };
  }
  const value = ownOf(variables, name);
  if (value === undefined) {
    const where = environment === "" ? "no environment is chosen" : `no value in ${environment}`;
    return { name, source: "unknown", value: "", from: where };
  }
  return { name, source: "variable", value, from: environment };
}

/** The value of a name that a person chose: `constructor` is one as well, and has none. */
function ownOf(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

interface Values {
  variables: Record<string, string>;
  secrets: string[];
}

function environmentOf(workspace: WorkspaceState, path: string): Values {
  const item = workspace.items.find((one) => one.kind === "environment" && one.path === path);
  const value = (item?.value ?? {}) as Partial<Values>;
  return { variables: value.variables ?? {}, secrets: value.secrets ?? [] };
}

/** The text with its variables replaced as far as they are known; secrets stay hidden. */
export function resolved(text: string, mean: (name: string) => Meaning): string {
  return expand(text, mean, 0);
}

function expand(text: string, mean: (name: string) => Meaning, depth: number): string {
  if (depth > DEEPEST) return text;
  return partsOf(text)
    .map((part) => {
      if (part.name === null) return part.text;
      const { source, value } = mean(part.name);
      if (source === "variable") return expand(value, mean, depth + 1);
      return source === "secret" ? value : part.text;
    })
    .join("");
}

/** Variables of a text without a value, those within values included. */
export function unknownIn(text: string, mean: (name: string) => Meaning): Meaning[] {
  const found = new Map<string, Meaning>();
  const seen = new Set<string>();
  const look = (inner: string): void => {
    for (const name of namesIn(inner)) {
      if (seen.has(name)) continue;
      seen.add(name);
      const meaning = mean(name);
      if (meaning.source === "unknown") found.set(name, meaning);
      else if (meaning.source === "variable") look(meaning.value);
    }
  };
  look(text);
  return [...found.values()];
}
