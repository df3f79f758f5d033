// Environments while they are edited: what was typed and is not saved, kept in the browser like
// everything that is typed. Values of secrets are not among it.

import type { Item } from "../protocol/generated";
import type { Kept } from "./kept";
import type { Values } from "./workspace.svelte";

/** A variable as a row that is typed into. */
export interface VariableRow {
  name: string;
  value: string;
}

export interface EnvironmentDraft {
  /** Digest of the file that it was begun upon. */
  base: string;
  rows: readonly VariableRow[];
  secrets: readonly string[];
}

const NAME = "environments";

/** Whether what was kept, perhaps by another page, is a draft. */
function isDraft(found: unknown): boolean {
  const { base, rows, secrets } = (found ?? {}) as Partial<EnvironmentDraft>;
  return typeof base === "string" && Array.isArray(rows) && Array.isArray(secrets);
}

/** What a file says, as rows. */
export function draftOf(item: Item | undefined): EnvironmentDraft {
  const { variables = {}, secrets = [] } = (item?.value ?? {}) as Partial<Values>;
  const rows = Object.entries(variables).map(([name, value]) => ({ name, value }));
  return { base: item?.digest ?? "", rows, secrets };
}

/** What the rows say, as a file; rows without a name are left out. */
export function valuesOf({ rows, secrets }: EnvironmentDraft): Values {
  const named = rows.filter((row) => row.name.trim() !== "");
  return {
    variables: Object.fromEntries(named.map((row) => [row.name.trim(), row.value])),
    secrets: [...secrets],
  };
}

const VARIABLE_NAME = /^[A-Za-z_][\w.-]*$/;

/** Why a row's name cannot be used; empty where it can. */
export function nameProblem(draft: EnvironmentDraft, at: number): string {
  const name = draft.rows[at]?.name.trim() ?? "";
  if (name === "") return "";
  if (!VARIABLE_NAME.test(name)) {
    return "A name begins with a letter, and has letters, digits, _, - and dots.";
  }
  const twice = draft.rows.findIndex((row) => row.name.trim() === name) !== at;
  if (twice) return `There is a variable ${name} already.`;
  return draft.secrets.includes(name) ? `${name} is a secret already.` : "";
}

export class Environments {
  readonly #kept: Kept;
  #drafts = $state.raw<Readonly<Record<string, EnvironmentDraft>>>({});

  constructor(kept: Kept) {
    this.#kept = kept;
    const found = Object.entries(kept.read<Record<string, EnvironmentDraft>>(NAME, {}));
    this.#drafts = Object.fromEntries(found.filter(([, draft]) => isDraft(draft)));
  }

  /** What was typed into an environment; undefined where nothing was. */
  draft(path: string): EnvironmentDraft | undefined {
    return this.#drafts[path];
  }

  set(path: string, draft: EnvironmentDraft | undefined): void {
    const rest = Object.entries(this.#drafts).filter(([one]) => one !== path);
    this.#drafts = Object.fromEntries(draft === undefined ? rest : [...rest, [path, draft]]);
    this.#kept.write(NAME, this.#drafts);
  }
}
