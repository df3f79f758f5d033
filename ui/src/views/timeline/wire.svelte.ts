// What a person has done to a tab's timeline: which rows are unfolded, chosen and marked, where the
// cursors are, what is looked for. The rows themselves are in the tab's `TimelineStore`; here they
// become lines, since an unfolded row has others below it.

import { count } from "../../base/format";
import { Lru } from "../../base/lru";
import type { FrameDetail, Row } from "../../protocol/generated";
import type { App } from "../../store/app.svelte";
import type { Tab } from "../../store/tabs.svelte";
import { TimelineStore } from "../../store/timeline.svelte";
import { Unfolded } from "./unfolded";
import { both } from "./words";

/** Rows that can be chosen, and copied, at a time. */
export const MOST_CHOSEN = 1000;

/** Lines of an unfolded fold that are shown. */
const MOST_LINES = 1_000_000;

/** Part of the capture that is seen in the timeline, for the overview. */
export interface Seen {
  fromNs: number;
  toNs: number;
  fromSeq: number;
  toSeq: number;
}

export class Wire {
  readonly #app: App;
  readonly tab: Tab;
  readonly store: TimelineStore;
  readonly #frames = new Lru<number, FrameDetail[]>(64);
  readonly #starts = new Map<number, number>();
  #plain: TimelineStore | null = null;
  #hits = $state.raw<TimelineStore | null>(null);
  #unfolded = $state.raw(new Unfolded());
  #version = $state(0);

  /** Line that the keyboard is at; -1 for none. */
  line = $state(-1);
  /** Numbers of the chosen events. */
  chosen = $state.raw<ReadonlySet<number>>(new Set());
  #anchor = -1;
  /** Rises with each choice, so that a slow one knows that it was overtaken. */
  #choices = 0;
  /** What is looked for, as an expression; empty for nothing. */
  search = $state("");
  /** What came of the last step to a hit, where there was none. */
  said = $state("");
  /** What stands in the field, by what it does. */
  typed = $state<{ only: string; mark: string }>({ only: "", mark: "" });
  /** Which of the two the field does. */
  doing = $state<"only" | "mark">("only");
  /** What is seen in the timeline now. */
  seen = $state.raw<Seen>({ fromNs: 0, toNs: 0, fromSeq: 0, toSeq: 0 });
  /** An event that was gone to and is not among the rows, as a filter hides it; 0 for none. */
  hidden = $state(0);
  /** Indexes of the rows that a request and its answer are in; null without a pair. */
  pair = $state.raw<{ from: number; to: number } | null>(null);
  /** How far the lines are scrolled, in px. */
  offset = $state(0);
  /** A line that is to be brought into view, as soon as the grid can; -1 for none. */
  wanted = $state(-1);
  /** The first line that is seen; the grid sets it. */
  first = 0;
  /** The grid, while there is one; it sets it. */
  grid: { focus: () => void } | null = null;
  /** The focus belongs to the grid, which is not there yet. */
  focusWanted = false;

  /** Give the grid the focus, as soon as there is one: a new filter takes it away for a moment. */
  focus(): void {
    this.focusWanted = this.grid === null;
    this.grid?.focus();
  }

  constructor(app: App, tab: Tab, store: TimelineStore) {
    this.#app = app;
    this.tab = tab;
    this.store = store;
    this.typed.only = store.view.filter;
    store.onDispose(() => this.dispose());
  }

  /** The event that was gone to last; another one that is selected was chosen elsewhere. */
  at = 0;

  /** Lines that there are. */
  get lines(): number {
    return this.store.shown + this.#unfolded.lines;
  }

  get version(): number {
    return this.store.version + this.#version + (this.#plain?.version ?? 0);
  }

  /** Where the hits of the search are; null without one. */
  get hits(): TimelineStore | null {
    return this.#hits;
  }

  /** The row that a line shows; undefined while it is not here. */
  row(line: number): Row | undefined {
    void this.#version;
    const { index, child } = this.#unfolded.at(line);
    const row = this.store.row(index);
    if (child < 0 || row === undefined) return child < 0 ? row : undefined;
    if (row.layer === "message") return this.#frames.get(row.seq)?.[child]?.row;
    return this.#plain?.row((this.#starts.get(row.seq) ?? 0) + child);
  }

  /** Whether a line stands below a row that is unfolded. */
  isChild(line: number): boolean {
    return this.#unfolded.at(line).child >= 0;
  }

  /** Index of the row that a line belongs to. */
  indexAt(line: number): number {
    return this.#unfolded.at(line).index;
  }

  lineOf(index: number): number {
    return this.#unfolded.lineOf(index);
  }

  isUnfolded(row: Row): boolean {
    return this.#unfolded.of(row.seq) !== undefined;
  }

  /** Whether there is something below a row. */
  canUnfold(row: Row): boolean {
    return row.layer === "fold" || (row.layer === "message" && row.count > 1);
  }

  /** These lines are seen: fetch what is missing. */
  need(first: number, last: number): void {
    const from = this.#unfolded.at(Math.max(0, first));
    const to = this.#unfolded.at(Math.max(0, last));
    this.store.need(from.index, to.index);
    for (const one of this.#unfolded.all) {
      const start = this.#starts.get(one.seq);
      if (start === undefined || one.index < from.index || one.index > to.index) continue;
      const begin = one.index === from.index && from.child >= 0 ? from.child : 0;
      const end = one.index === to.index && to.child >= 0 ? to.child : one.lines - 1;
      this.#plain?.need(start + begin, start + Math.min(end, one.lines - 1));
    }
  }

  /** The row at the keyboard is another one than it was, as by a note. */
  reread(): void {
    if (this.line < 0) return;
    const { index, child } = this.#unfolded.at(this.line);
    const start = this.#starts.get(this.store.row(index)?.seq ?? 0);
    if (child >= 0 && start !== undefined) this.#plain?.reread(start + child);
    else this.store.reread(index);
  }

  /** The rows are others: nothing that was unfolded is where it was. */
  forget(): void {
    this.#unfolded = new Unfolded();
    this.#frames.clear();
    this.#starts.clear();
    this.#plain?.dispose();
    this.#plain = null;
    this.line = -1;
    this.offset = 0;
    this.#anchor = -1;
    this.pair = null;
    this.hidden = 0;
    this.#choices += 1;
    this.chosen = new Set();
  }

  /** Rows that were replaced by others, as the last run of alike ones may be, are not unfolded. */
  check(): void {
    for (const one of this.#unfolded.all) {
      const row = this.store.row(one.index);
      if (row !== undefined && row.seq !== one.seq)
        this.#unfolded = this.#unfolded.without(one.seq);
    }
  }

  async unfold(line: number): Promise<void> {
    const row = this.row(line);
    const { index, child } = this.#unfolded.at(line);
    if (row === undefined || child >= 0 || !this.canUnfold(row) || this.isUnfolded(row)) return;
    const lines = row.layer === "fold" ? await this.#unfoldRun(row) : await this.#readFrames(row);
    if (this.store.row(index)?.seq !== row.seq || lines === 0) return;
    this.#unfolded = this.#unfolded.with({ index, seq: row.seq, lines });
    this.#version += 1;
  }

  /** Fold a line's row; the keyboard goes to it. */
  fold(line: number): void {
    const { index } = this.#unfolded.at(line);
    const row = this.store.row(index);
    if (row === undefined || !this.isUnfolded(row)) return;
    this.#unfolded = this.#unfolded.without(row.seq);
    this.go(this.#unfolded.lineOf(index));
  }

  toggle(line: number): void {
    const row = this.row(line);
    if (row === undefined) return;
    if (this.isUnfolded(row)) this.fold(line);
    else void this.unfold(line).catch((error: unknown) => this.#app.fail(error));
  }

  async #readFrames(row: Row): Promise<number> {
    const path = { capture: this.tab.capture };
    const detail = await this.#app.call("detail", { path, body: { seq: row.seq } });
    this.#frames.set(row.seq, detail.frames);
    return detail.frames.length;
  }

  /** The rows of a run follow each other in the view that folds nothing. */
  async #unfoldRun(row: Row): Promise<number> {
    const plain = (this.#plain ??= this.#beside({ fold: false }));
    const place = await plain.place(row.seq);
    if (place.index < 0) return 0;
    this.#starts.set(row.seq, place.index);
    return Math.min(row.count, MOST_LINES);
  }

  /** Another view of the same capture, whose newest rows are not wanted. */
  #beside(change: { filter?: string; fold: boolean }): TimelineStore {
    const live = this.#app.live;
    const view = { ...this.store.view, ...change };
    return new TimelineStore(this.#app.call, (one, _, on) => live.watch(one, 0, on), view);
  }

  // Where the keyboard is, and what is chosen

  /** Go to a line and choose it alone; `keep` adds to what is chosen. */
  go(line: number, how: "alone" | "add" | "range" = "alone"): void {
    const last = this.lines - 1;
    if (last < 0) return;
    const to = Math.min(last, Math.max(0, line));
    this.store.following = false;
    this.said = "";
    this.hidden = 0;
    this.line = to;
    this.wanted = to;
    this.#choices += 1;
    const row = this.row(to);
    if (how === "range") {
      const choosing = this.#chooseRange(this.#anchor < 0 ? to : this.#anchor, to);
      void choosing.catch((error: unknown) => this.#app.fail(error));
    } else {
      this.#anchor = to;
      if (row === undefined) return;
      if (how === "add") this.chosen = flipped(this.chosen, row.seq);
      else this.chosen = new Set([row.seq]);
    }
    if (row !== undefined) this.#select(row.seq);
  }

  #select(seq: number): void {
    this.at = seq;
    this.tab.selected = seq;
  }

  /** A line that was gone to before its row was here is chosen once it comes. */
  settle(): void {
    if (this.line < 0) return;
    const row = this.row(this.line);
    if (row === undefined || this.chosen.size > 1) return;
    if (this.#anchor === this.line && !this.chosen.has(row.seq) && this.chosen.size === 0) {
      this.chosen = new Set([row.seq]);
      // A row that stands for the event, as a fold does, leaves it selected.
      if (this.at < row.seq || this.at > row.last_seq) this.#select(row.seq);
    }
  }

  /** Go one line on or back; from nowhere to the newest row, or the first that is seen. */
  step(by: 1 | -1): void {
    if (this.line >= 0) this.go(this.line + by);
    else this.go(this.store.following ? this.lines - 1 : this.first);
  }

  /** Go to a row by its index. */
  goToIndex(index: number): void {
    this.chosen = new Set();
    this.go(this.lineOf(index));
  }

  /** Go to an event; false where it is not among the rows: then it is chosen, and the row before it
   * is brought into view. */
  async goToSeq(seq: number): Promise<boolean> {
    const { view } = this.store;
    const place = await this.store.place(seq);
    if (view !== this.store.view) return false;
    if (place.index >= 0) this.goToIndex(place.index);
    this.#select(seq);
    if (place.exact) return true;
    this.chosen = new Set([seq]);
    this.hidden = seq;
    return false;
  }

  /** Show the event that is hidden, and with it all rows. */
  async reveal(): Promise<void> {
    const seq = this.hidden;
    this.typed.only = "";
    this.forget();
    this.store.change({ filter: "", connection: "" });
    if (this.search !== "") this.mark(this.search);
    await this.goToSeq(seq);
  }

  /** Go to what happened at a time. */
  async goToTime(ns: number): Promise<void> {
    const place = await this.store.placeAt(ns);
    this.goToIndex(Math.max(0, place.index));
  }

  /** Go to the next row that an expression lets through; false where there is none. */
  async goToNext(matching: string, backward: boolean): Promise<boolean> {
    const row = this.line < 0 ? undefined : this.row(this.line);
    const from = row === undefined ? (backward ? this.store.lastSeq + 1 : 0) : row.seq;
    const place = await this.store.next(
      backward ? from : (row?.last_seq ?? from),
      matching,
      backward,
    );
    if (place.index < 0) return false;
    this.goToIndex(place.index);
    return true;
  }

  async #chooseRange(one: number, other: number): Promise<void> {
    const choice = this.#choices;
    const most = MOST_CHOSEN - 1;
    const end = Math.max(one - most, Math.min(one + most, other));
    const [first, last] = [Math.min(one, end), Math.max(one, end)];
    if (end !== other) this.#app.announcer.say(`${count(MOST_CHOSEN)} rows are chosen, the most.`);
    const from = this.#unfolded.at(first).index;
    const to = this.#unfolded.at(last).index;
    const missing = Array.from({ length: last - first + 1 }, (_, at) => first + at).some(
      (line) => this.row(line) === undefined,
    );
    if (missing) this.store.need(from, to);
    const seqs = new Set<number>();
    for (let line = first; line <= last; line += 1) {
      const row = this.row(line);
      if (row !== undefined) seqs.add(row.seq);
    }
    if (missing) {
      const body = { view: this.store.view, start: from, count: to - from + 1 };
      const window = await this.#app.call("rows", { body });
      if (choice !== this.#choices) return;
      window.rows.forEach((row) => seqs.add(row.seq));
    }
    this.chosen = seqs;
  }

  // Looking for something

  /** Show only what an expression lets through; empty shows all. */
  only(expression: string): void {
    this.forget();
    this.store.change({ filter: expression });
    if (this.search !== "") this.mark(this.search);
  }

  /** Mark what an expression lets through; empty marks nothing. */
  mark(expression: string): void {
    this.search = expression;
    this.said = "";
    this.#hits?.dispose();
    this.#hits = null;
    if (expression === "") return;
    this.#hits = this.#beside({ filter: both(this.store.view.filter, expression), fold: false });
  }

  dispose(): void {
    this.#hits?.dispose();
    this.#plain?.dispose();
  }
}

function flipped(set: ReadonlySet<number>, one: number): ReadonlySet<number> {
  const next = new Set(set);
  if (!next.delete(one)) next.add(one);
  return next;
}

const KNOWN = new WeakMap<TimelineStore, Wire>();

/** The state of a tab's timeline, the same as long as its capture is. */
export function wireOf(app: App, tab: Tab, store: TimelineStore): Wire {
  let wire = KNOWN.get(store);
  if (wire === undefined) {
    wire = new Wire(app, tab, store);
    KNOWN.set(store, wire);
  }
  return wire;
}
