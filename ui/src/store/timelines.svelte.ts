// The timelines of the open tabs: kept while their views are not shown, so that whoever comes back
// finds the rows, the filter and the place as they were. Each is watched and holds rows, and the
// server lets a page watch 32 views, so that of many tabs those looked at last have theirs; another
// is made anew, with the filter it had.

import { SvelteMap } from "svelte/reactivity";

import { Lru } from "../base/lru";
import type { View } from "../protocol/generated";
import type { Call } from "../transport/api";
import type { Tab } from "./tabs.svelte";
import { TimelineStore, type WatchView } from "./timeline.svelte";

/** Timelines that are kept; each may be watched three times: as it is, unfolded, and for its marks. */
export const MOST_KEPT = 8;

/** Tabs whose filter is remembered. */
const MOST_REMEMBERED = 200;

export class Timelines {
  readonly #call: Call;
  readonly #watch: WatchView;
  readonly #all = new SvelteMap<string, TimelineStore>();
  /** Tab -> how its rows were looked at last. */
  readonly #before = new Lru<string, Required<View>>(MOST_REMEMBERED);

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
    if (known !== null || tab.capture === "") {
      if (known !== null) this.#used(tab.id, known);
      return known;
    }
    this.#drop(tab.id);
    const { mode, filter, fold } = this.#before.get(tab.id) ?? {};
    const view = {
      capture: tab.capture,
      ...(mode && { mode }),
      ...(filter !== undefined && { filter }),
      ...(fold !== undefined && { fold }),
    };
    const made = new TimelineStore(this.#call, this.#watch, view);
    this.#used(tab.id, made);
    for (const oldest of [...this.#all.keys()].slice(0, -MOST_KEPT)) this.#drop(oldest);
    return made;
  }

  close(tab: Tab): void {
    this.#drop(tab.id);
    this.#before.delete(tab.id);
  }

  /** Those used last are at the end. */
  #used(id: string, timeline: TimelineStore): void {
    this.#all.delete(id);
    this.#all.set(id, timeline);
  }

  #drop(id: string): void {
    const timeline = this.#all.get(id);
    if (timeline === undefined) return;
    this.#before.set(id, timeline.view);
    timeline.dispose();
    this.#all.delete(id);
  }

  /** The server was away: everything may be different. */
  refresh(): void {
    for (const timeline of this.#all.values()) timeline.refresh();
  }
}
