// What a person chose for this machine: theme, letters as keys, columns, sizes of panes. Sizes are
// remembered for each workspace.

import { alike, without } from "../base/records";
import type { Kept } from "./kept";

export type Theme = "system" | "light" | "dark";

/** Who muted a finding, and when (RFC 3339). */
export interface Muted {
  who: string;
  when: string;
}

interface Chosen {
  theme: Theme;
  letters: boolean;
  tourClosed: boolean;
  columns: Record<string, boolean>;
  sizes: Record<string, Record<string, number>>;
  environments: Record<string, string>;
  muted: Record<string, Record<string, Muted>>;
}

const DEFAULTS: Chosen = {
  theme: "system",
  letters: true,
  tourClosed: false,
  columns: {},
  sizes: {},
  environments: {},
  muted: {},
};

const NAME = "preferences";

export class Preferences {
  readonly #kept: Kept;
  #chosen = $state.raw<Chosen>(DEFAULTS);

  constructor(kept: Kept) {
    this.#kept = kept;
    this.reread();
  }

  /** Take what was chosen in another window, so that the next choice here does not undo it. */
  reread(): void {
    this.#chosen = alike(DEFAULTS, this.#kept.read(NAME, {}));
  }

  get theme(): Theme {
    return this.#chosen.theme;
  }

  set theme(theme: Theme) {
    this.#choose({ theme });
  }

  /** Whether single letters act while a list has the focus. */
  get letters(): boolean {
    return this.#chosen.letters;
  }

  set letters(letters: boolean) {
    this.#choose({ letters });
  }

  get tourClosed(): boolean {
    return this.#chosen.tourClosed;
  }

  set tourClosed(tourClosed: boolean) {
    this.#choose({ tourClosed });
  }

  /** Whether a column was turned on or off by hand; undefined where the width decides. */
  column(name: string): boolean | undefined {
    return this.#chosen.columns[name];
  }

  setColumn(name: string, shown: boolean): void {
    this.#choose({ columns: { ...this.#chosen.columns, [name]: shown } });
  }

  /** A pane's size in px in a workspace; undefined where the style sheet decides. */
  size(folder: string, pane: string): number | undefined {
    return this.#chosen.sizes[folder]?.[pane];
  }

  setSize(folder: string, pane: string, size: number | undefined): void {
    const before = this.#chosen.sizes[folder] ?? {};
    const here =
      size === undefined ? without(before, pane) : { ...before, [pane]: Math.round(size) };
    this.#choose({ sizes: { ...this.#chosen.sizes, [folder]: here } });
  }

  /** The environment whose variables are resolved in a workspace; empty for none. */
  environment(folder: string): string {
    return this.#chosen.environments[folder] ?? "";
  }

  setEnvironment(folder: string, name: string): void {
    this.#choose({ environments: { ...this.#chosen.environments, [folder]: name } });
  }

  /** Codes of findings that are muted for an endpoint. */
  muted(endpoint: string): Readonly<Record<string, Muted>> {
    return this.#chosen.muted[endpoint] ?? {};
  }

  /** Mute a finding for an endpoint; null gives it its voice back. */
  setMuted(endpoint: string, code: string, muted: Muted | null): void {
    const before = this.#chosen.muted[endpoint] ?? {};
    const here = muted === null ? without(before, code) : { ...before, [code]: muted };
    this.#choose({ muted: { ...this.#chosen.muted, [endpoint]: here } });
  }

  #choose(change: Partial<Chosen>): void {
    this.#chosen = { ...this.#chosen, ...change };
    this.#kept.write(NAME, this.#chosen);
  }
}
