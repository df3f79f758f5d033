// What is open: one tab for each endpoint, connection or capture, and in it what a person typed and
// has not saved or sent. Tabs are kept in the browser with every change, so that neither a reload
// nor the end of the server loses a letter.

import { shortName } from "../base/address";
import { alike, without } from "../base/records";
import type { Item, Outgoing, SessionState } from "../protocol/generated";
import type { Kept } from "./kept";
import {
  type Concealed,
  conceal,
  isConcealed,
  nameOfPlace,
  reveal,
  stillMissing,
} from "./concealed";
import { isChanged } from "./connecting";
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
  concealed: readonly Concealed[];
  base: string;
  composer: Outgoing;
  bodies: Bodies;
  message: string;
  illegal: boolean;
}

/** What stands in the composer in the forms that are not shown, so that none is lost. */
export type Bodies = Readonly<Record<string, string>>;

const FRESH: KeptTab = {
  id: "",
  path: "",
  session: "",
  capture: "",
  title: "",
  view: "",
  option: "",
  draft: {},
  concealed: [],
  base: "",
  composer: { form: "json", body: "" },
  bodies: {},
  message: "",
  illegal: false,
};

/** A field of the endpoint that caused a failure, and how. */
export interface Blame {
  /** As `tls.insecure` or `headers[2].value`. */
  field: string;
  said: string;
}

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
  #view = $state("");
  /** Id of the option that is unfolded under the bar; empty for none. */
  option = $state("");
  #draft = $state.raw<Fields>({});
  /** Secrets that are not in the draft, since the browser does not keep them. */
  #concealed = $state.raw<readonly Concealed[]>([]);
  /** Digest of the file that the draft was begun upon; empty without one. */
  base = $state("");
  /** What stands in the composer. */
  composer = $state.raw<Outgoing>({ form: "json", body: "" });
  /** What was typed into the composer in other forms than the one that is shown. */
  bodies = $state.raw<Bodies>({});
  /** Path of the saved message that stands in the composer; empty for none. */
  message = $state("");
  /** Whether the composer makes frames by hand, such as the protocol forbids. */
  illegal = $state(false);
  /** What was read with a pasted command and has to be said: what was left out. */
  notes = $state.raw<readonly string[]>([]);
  /** Secrets of a pasted command by name; never kept, since storage is no place for them. */
  secrets = $state.raw<Readonly<Record<string, string>>>({});
  /** A code that answers this tab's offer and is to be taken; empty for none. */
  answer = $state("");
  /** Number of the selected event; 0 for none. */
  selected = $state(0);
  /** Numbers of the events at the cursors; 0 for none. */
  cursorA = $state(0);
  cursorB = $state(0);
  /** Why the last order of this tab was not done, or what became of it since. */
  trouble = $state.raw<TabTrouble | null>(null);
  /** Fields that the capture of the last attempt blames. */
  blames = $state.raw<readonly Blame[]>([]);
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
    this.#view = whole.view;
    this.option = whole.option;
    this.#draft = whole.draft;
    this.#concealed = stillMissing(whole.draft, whole.concealed.filter(isConcealed));
    this.base = whole.base;
    this.composer = { ...FRESH.composer, ...whole.composer };
    this.bodies = whole.bodies;
    this.message = whole.message;
    this.illegal = whole.illegal;
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

  /** Whether something was typed that is neither saved nor sent. */
  get hasTyped(): boolean {
    const bodies = [this.composer.body ?? "", ...Object.values(this.bodies)];
    const { url, ...others } = this.draft;
    const isBlank = this.path === "" && (url ?? "") === "" && !isChanged(others);
    return (isChanged(this.draft) && !isBlank) || bodies.some((body) => body !== "");
  }

  /** Have another connection: keys of channels are of the one before, and so is the one chosen. */
  join(session: Pick<SessionState, "id" | "capture">): void {
    if (session.id !== this.session) {
      this.composer = without({ ...this.composer }, "channel") as Outgoing;
    }
    this.session = session.id;
    this.lookAt(session.capture);
  }

  /** Look at another capture: numbers of events are of the one before. */
  lookAt(capture: string): void {
    if (capture === this.capture) return;
    this.capture = capture;
    this.selected = this.cursorA = this.cursorB = 0;
  }

  /** Fields of the endpoint that were changed and are not saved. */
  get draft(): Fields {
    return this.#draft;
  }

  set draft(draft: Fields) {
    this.#draft = draft;
    this.#concealed = stillMissing(draft, this.#concealed);
  }

  /** Names of the fields whose secrets were typed, not kept, and not typed again. */
  get lost(): readonly string[] {
    return this.#concealed.filter(({ from }) => from === null).map(({ at }) => nameOfPlace(at));
  }

  /** Go on without the secrets that were not kept. */
  forgo(): void {
    this.#concealed = [];
  }

  /** Fill in the secrets that the file has, once it is known. */
  fillIn(item: Item | undefined): void {
    const { fields, left } = reveal(this.#draft, this.#concealed, this.#begunUpon(item));
    this.#draft = fields;
    this.#concealed = left;
  }

  /** What the file says, if it is the one that the draft was begun upon. */
  #begunUpon(item: Item | undefined): Fields | undefined {
    return item?.digest === this.base ? (item.value ?? undefined) : undefined;
  }

  /** What of the tab outlives the page, which has read its file. */
  kept(item: Item | undefined): KeptTab {
    const { id, path, session, capture, title, view, option } = this;
    const { base, composer, bodies, message, illegal } = this;
    const { fields: draft, left } = conceal(this.#draft, this.#begunUpon(item));
    const concealed = [...this.#concealed, ...left];
    return {
      ...{ id, path, session, capture, title, view, option },
      ...{ draft, concealed, base, composer, bodies, message, illegal },
    };
  }

  /** Id of the view that is shown; empty for the first that applies. */
  get view(): string {
    return this.#view;
  }

  /** To choose a view folds away the option that stands over it. */
  set view(view: string) {
    this.#view = view;
    this.option = "";
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
    const nothing = { tabs: [] as unknown[], current: "" };
    const found = alike(nothing, kept.read(NAME, nothing));
    const tabs = found.tabs.map((one) => alike(FRESH, one)).filter(({ id }) => id !== "");
    this.#all = [...new Map(tabs.map((one) => [one.id, new Tab(one)])).values()];
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
  keep(itemOf: (tab: Tab) => Item | undefined = () => undefined): boolean {
    const tabs = this.#all.map((tab) => tab.kept(itemOf(tab)));
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
    const { id, endpoint, name, url } = session;
    const mine = (tab: Tab) => tab.session === id || (endpoint !== "" && tab.path === endpoint);
    const draft = endpoint === "" ? { url } : {};
    const tab = this.#openAt(mine, { path: endpoint, title: name, draft });
    tab.join(session);
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

  /** Put a tab that was closed where it was, and go to it. */
  putBack(tab: Tab, at: number): void {
    if (!this.#all.includes(tab)) {
      this.#all = [...this.#all.slice(0, at), tab, ...this.#all.slice(at)];
    }
    this.go(tab);
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

  /** A capture has another id: the tabs that show it go along, and those of it alone have its name. */
  followCapture(from: string, to: { id: string; name: string }): void {
    for (const tab of this.#all) {
      if (tab.capture !== from) continue;
      tab.capture = to.id;
      if (tab.isCapture) tab.title = to.name;
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
