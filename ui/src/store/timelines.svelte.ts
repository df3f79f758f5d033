// The timelines of the open tabs: one for each, kept while its view is not shown, so that whoever
// comes back finds the rows, the filter and the place as they were.

import { SvelteMap } from "svelte/reactivity";

import type { Call } from "../transport/api";
import type { Tab } from "./tabs.svelte";
import { TimelineStore, type WatchView } from "./timeline.svelte";

export class Timelines {
  readonly #call: Call;
  readonly #watch: WatchView;
  readonly #all = new SvelteMap<string, TimelineStore>();

  constructor(call: Call, watch: WatchView) {
    this.#call = call;
    this.#watch = watch;
  }

  /** The timeline of a tab's capture; null until it is opened. */
  of(tab: Tab): TimelineStore | null {
    const known = this.#all.get(tab.id);
    return known?.view.capture === tab.capture ? known : null;
  }

  /** Make it where there is none; another capture is looked at as the one before was. */
  open(tab: Tab): TimelineStore | null {
    const known = this.of(tab);
    if (known !== null || tab.capture === "") return known;
    const before = this.#all.get(tab.id);
    before?.dispose();
    const { mode, filter, fold } = before?.view ?? {};
    const view = {
      capture: tab.capture,
      ...(mode && { mode }),
      ...(filter !== undefined && { filter }),
      ...(fold !== undefined && { fold }),
    };
    const made = new TimelineStore(this.#call, this.#watch, view);
    this.#all.set(tab.id, made);
    return made;
  }

  close(tab: Tab): void {
    this.#all.get(tab.id)?.dispose();
    this.#all.delete(tab.id);
  }

  /** The server was away: everything may be different. */
  refresh(): void {
    for (const timeline of this.#all.values()) timeline.refresh();
  }
}
