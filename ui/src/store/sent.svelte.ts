// What was sent in each tab, the newest first, kept in the browser so that it can be sent again. It
// is bounded: so many messages a tab, and none that is very long.

import { alike } from "../base/records";
import type { Outgoing } from "../protocol/generated";
import type { Kept } from "./kept";

/** Something that was sent. */
export interface SentEntry {
  outgoing: Outgoing;
  /** When it was last sent, in ms since 1970. */
  at: number;
  /** How often. */
  times: number;
}

export const MOST = 50;
export const LONGEST = 32 << 10;

const NAME = "sent";

export class Sent {
  readonly #kept: Kept;
  #all = $state.raw<Readonly<Record<string, readonly SentEntry[]>>>({});

  constructor(kept: Kept) {
    this.#kept = kept;
    const found = Object.entries(kept.read<Record<string, unknown>>(NAME, {}));
    this.#all = Object.fromEntries(found.map(([tab, entries]) => [tab, readable(entries)]));
  }

  /** What was sent in a tab, the newest first. */
  of(tab: string): readonly SentEntry[] {
    return this.#all[tab] ?? [];
  }

  /** Note that something was sent; whether it is kept, for a very long one is not. */
  note(tab: string, outgoing: Outgoing, at: number): boolean {
    if ((outgoing.body ?? "").length > LONGEST) return false;
    this.#put({ ...this.#all, [tab]: withSent(this.of(tab), outgoing, at) });
    return true;
  }

  /** Forget what was sent in a tab. */
  clear(tab: string): void {
    this.#put({ ...this.#all, [tab]: [] });
  }

  /** Forget tabs that are not there any more. */
  keepOnly(tabs: readonly string[]): void {
    const gone = Object.keys(this.#all).some((id) => !tabs.includes(id));
    if (gone) {
      this.#put(Object.fromEntries(Object.entries(this.#all).filter(([id]) => tabs.includes(id))));
    }
  }

  #put(all: Readonly<Record<string, readonly SentEntry[]>>): void {
    this.#all = all;
    this.#kept.write(NAME, all);
  }
}

/** Of what was kept, perhaps by another page, what can be shown. */
function readable(entries: unknown): SentEntry[] {
  const all: unknown[] = Array.isArray(entries) ? entries : [];
  return all.filter((one): one is SentEntry => {
    const { outgoing, at, times } = alike({ outgoing: {}, at: -1, times: -1 }, one);
    return "form" in outgoing && at >= 0 && times >= 0;
  });
}

/** The list with something sent at its head; the same again only moves up and is counted. */
export function withSent(
  entries: readonly SentEntry[],
  outgoing: Outgoing,
  at: number,
): SentEntry[] {
  const spelled = JSON.stringify(outgoing);
  const before = entries.find((one) => JSON.stringify(one.outgoing) === spelled);
  const rest = entries.filter((one) => one !== before);
  return [{ outgoing, at, times: (before?.times ?? 0) + 1 }, ...rest].slice(0, MOST);
}
