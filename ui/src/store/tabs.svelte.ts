// What is open: one tab for each endpoint, connection or capture, and in it what a person typed and
// has not saved or sent. Tabs are kept in the browser with every change, so that neither a reload
// nor the end of the server loses a letter.

import { shortName } from "../base/address";
import type { Item, Outgoing, SessionState } from "../protocol/generated";
import type { Kept } from "./kept";
import { nameOf } from "./tree";

/** Fields of an endpoint or a part of them, named as in its file. */
export type Fields = Record<string, unknown>;

/** A sentence about a tab, what to do, and the field of the endpoint that it concerns, if one. */
export interface TabTrouble {
  severity: "error" | "warning";
  said: string;
  hint: string;
  field: string;
}

/** A tab as it is kept. */
interface KeptTab {
  id: string;
  path: string;
  session: string;
  capture: string;
  title: string;
  view: string;
  option: string;
  draft: Fields;
  composer: Outgoing;
}

const FRESH: KeptTab = {
  id: "",
  path: "",
  session: "",
  capture: "",
  title: "",
  view: "",
  option: "",
  draft: {},
  composer: { form: "json", body: "" },
};

export class Tab {
  /** Unique, and the same after a reload. */
  readonly id: string;
  /** Path of the saved endpoint; empty for one that is not saved, and for a capture. */
  path = $state("");
  /** Id of the connection that was opened from here last; empty for none. */
  session = $state("");
  /** Id of the capture that is looked at; empty while there is none. */
  capture = $state("");
  /** A name for people, where there is no path. */
  title = $state("");
  /** Id of the view that is shown; empty for the first that applies. */
  view = $state("");
  /** Id of the option that is unfolded under the bar; empty for none. */
  option = $state("");
  /** Fields of the endpoint that were changed and are not saved. */
  draft = $state.raw<Fields>({});
  /** What stands in the composer. */
  composer = $state.raw<Outgoing>({ form: "json", body: "" });
  /** Number of the selected event; 0 for none. */
  selected = $state(0);
  /** Numbers of the events at the cursors; 0 for none. */
  cursorA = $state(0);
  cursorB = $state(0);
  /** Why the last order of this tab was not done, or what became of it since. */
  trouble = $state.raw<TabTrouble | null>(null);
  /** The file as somebody else has written it meanwhile, while that is not settled. */
  conflict = $state.raw<Item | null>(null);
  /** The order that is under way; empty for none. */
  busy = $state<"" | "connecting" | "closing" | "saving">("");

  constructor(kept: Partial<KeptTab> & { id: string }) {
    const whole = { ...FRESH, ...kept };
    this.id = whole.id;
    this.path = whole.path;
    this.session = whole.session;
    this.capture = whole.capture;
    this.title = whole.title;
    this.view = whole.view;
    this.option = whole.option;
    this.draft = whole.draft;
    this.composer = whole.composer;
  }

  /** Whether it is a capture alone, without an endpoint that could be connected to. */
  get isCapture(): boolean {
    return this.path === "" && this.session === "" && this.draft["url"] === undefined;
  }

  get name(): string {
    if (this.path !== "") return nameOf(this.path);
    const url = this.draft["url"];
    return this.title || (typeof url === "string" ? shortName(url) : "") || "New endpoint";
  }

  /** What of the tab outlives the page. */
  kept(): KeptTab {
    const { id, path, session, capture, title, view, option, draft, composer } = this;
    return { id, path, session, capture, title, view, option, draft, composer };
  }

  /** Select an event and show it in a view, as a link to evidence does. */
  show(seq: number, view = "wire"): void {
    this.selected = seq;
    this.view = view;
  }
}

const NAME = "tabs";

export class Tabs {
  readonly #kept: Kept;
  #all = $state.raw<readonly Tab[]>([]);
  #currentId = $state("");
  #last = 0;

  constructor(kept: Kept) {
    this.#kept = kept;
    const found = kept.read<{ tabs: KeptTab[]; current: string }>(NAME, { tabs: [], current: "" });
    this.#all = found.tabs.map((one) => new Tab(one));
    this.#currentId = found.current;
    this.#last = Math.max(0, ...this.#all.map((tab) => Number(tab.id.slice(1)) || 0));
  }

  get all(): readonly Tab[] {
    return this.#all;
  }

  get current(): Tab | undefined {
    return this.#all.find((tab) => tab.id === this.#currentId);
  }

  /** Write down everything that should outlive the page; whether the browser took it. */
  keep(): boolean {
    const tabs = this.#all.map((tab) => tab.kept());
    return this.#kept.write(NAME, { tabs, current: this.#currentId });
  }

  go(tab: Tab | undefined): void {
    this.#currentId = tab?.id ?? "";
  }

  /** The tab of a saved endpoint, opened if it is not. */
  openEndpoint(path: string): Tab {
    return this.#openAt((tab) => tab.path === path, { path });
  }

  /** The tab of a connection, opened if it is not. */
  openSession(session: SessionState): Tab {
    const { id, endpoint, capture, name, url } = session;
    const mine = (tab: Tab) => tab.session === id || (endpoint !== "" && tab.path === endpoint);
    const draft = endpoint === "" ? { url } : {};
    const tab = this.#openAt(mine, { path: endpoint, title: name, draft });
    tab.session = id;
    tab.capture = capture;
    return tab;
  }

  /** The tab in which a capture is looked at, opened if there is none. */
  openCapture(capture: { id: string; name: string }): Tab {
    return this.#openAt((tab) => tab.capture === capture.id, {
      capture: capture.id,
      title: capture.name,
    });
  }

  /** A new tab for an endpoint that is not saved. */
  openDraft(draft: Fields, title = ""): Tab {
    return this.#openAt(() => false, { draft: { url: "", ...draft }, title });
  }

  close(tab: Tab): void {
    const at = this.#all.indexOf(tab);
    if (at < 0) return;
    this.#all = this.#all.filter((one) => one !== tab);
    if (this.#currentId === tab.id) this.go(this.#all[Math.min(at, this.#all.length - 1)]);
  }

  /** Go to the next tab, or the one before. */
  step(by: 1 | -1): void {
    const at = this.#all.findIndex((tab) => tab.id === this.#currentId);
    if (this.#all.length > 0) {
      this.go(this.#all[(at + by + this.#all.length) % this.#all.length]);
    }
  }

  /** Endpoints have other paths, or are gone: a tab goes along, or keeps what its file said. */
  follow(paths: ReadonlyMap<string, string | null>, valueOf: (path: string) => Fields): void {
    for (const tab of this.#all) {
      const to = paths.get(tab.path);
      if (to === undefined) continue;
      if (to === null) {
        tab.title = tab.name;
        tab.draft = { ...valueOf(tab.path), ...tab.draft };
      }
      tab.path = to ?? "";
    }
  }

  #openAt(same: (tab: Tab) => boolean, fresh: Partial<KeptTab>): Tab {
    let tab = this.#all.find(same);
    if (tab === undefined) {
      tab = new Tab({ ...fresh, id: `t${(this.#last += 1)}` });
      this.#all = [...this.#all, tab];
    }
    this.go(tab);
    return tab;
  }
}
