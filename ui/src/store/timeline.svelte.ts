// A window onto the rows of a capture. The page never holds the whole: rows come in pages of 200, of
// which the 60 that were looked at last are kept, and the newest come by themselves while the view
// is watched. Pausing stops the view, never the capture: what comes meanwhile is counted.

import { Lru } from "../base/lru";
import type { Place, Row, View, ViewUpdate } from "../protocol/generated";
import { type Call, inWords, isAbort } from "../transport/api";

export const PAGE = 200;
const PAGES = 60;
const TAIL = 100;

/** How a view is watched: `Live.watch`. */
export type WatchView = (view: View, tail: number, on: (update: ViewUpdate) => void) => () => void;

export class TimelineStore {
  readonly #call: Call;
  readonly #watchView: WatchView;
  readonly #pages = new Lru<number, (Row | undefined)[]>(PAGES);
  readonly #asked = new Map<number, AbortController>();
  #unwatch: (() => void) | null = null;
  readonly #ends: (() => void)[] = [];
  #view = $state.raw<Required<View>>({
    capture: "",
    mode: "messages",
    filter: "",
    fold: true,
    connection: "",
  });
  #version = $state(0);
  #pausedAt = $state<number | null>(null);
  #pausedSeq = $state(0);
  /** From which index on rows have changed since the view was paused. */
  #changedFrom = Infinity;

  /** Rows that the view has so far. */
  total = $state(0);
  /** Whether all events so far have been looked through for it. */
  complete = $state(false);
  /** Up to which event they have, and the last there is. */
  readSeq = $state(0);
  lastSeq = $state(0);
  /** Why the view cannot be shown, such as a filter that cannot be read. */
  problem = $state("");
  /** Whether the view stays at its newest row. */
  following = $state(true);
  /** Whether an answer has come at all. */
  known = $state(false);

  constructor(call: Call, watch: WatchView, view: View) {
    this.#call = call;
    this.#watchView = watch;
    this.#view = { ...this.#view, ...view };
    this.#begin();
  }

  get view(): Required<View> {
    return this.#view;
  }

  /** Look at the rows in another way. */
  change(change: Partial<Omit<View, "capture">>): void {
    const next = { ...this.#view, ...change };
    if (JSON.stringify(next) === JSON.stringify(this.#view)) return;
    this.#view = next;
    this.#begin();
  }

  /** Rises whenever a row that was missing is there, or one has changed. */
  get version(): number {
    return this.#version;
  }

  get paused(): boolean {
    return this.#pausedAt !== null;
  }

  /** How many rows are to be shown: all, or those there were when the view was paused. */
  get shown(): number {
    return this.#pausedAt ?? this.total;
  }

  /** How many rows came since the view was paused. */
  get waiting(): number {
    return this.#pausedAt === null ? 0 : Math.max(0, this.total - this.#pausedAt);
  }

  /** How many events were recorded since then, in rows of their own or in folds. */
  get waitingEvents(): number {
    return this.#pausedAt === null ? 0 : Math.max(0, this.lastSeq - this.#pausedSeq);
  }

  pause(): void {
    if (this.#pausedAt === null) {
      this.#pausedAt = this.total;
      this.#pausedSeq = this.lastSeq;
    }
    this.following = false;
  }

  resume(): void {
    this.#pausedAt = null;
    this.following = true;
    if (this.#changedFrom < Infinity) this.#void(this.#changedFrom);
    this.#changedFrom = Infinity;
    this.#version += 1;
  }

  /** Go to the newest row and stay there. */
  follow(): void {
    this.resume();
  }

  /** The row at an index, or undefined while it is not here; `need` fetches it. */
  row(index: number): Row | undefined {
    void this.#version;
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** These rows are looked at, both ends included: fetch what is missing, give up what is not. */
  need(first: number, last: number): void {
    if (!this.known) return; // the first page is on its way, and nobody knows of another
    const end = Math.min(last, this.total - 1);
    const wanted = new Set<number>();
    for (let page = Math.floor(Math.max(0, first) / PAGE); page * PAGE <= end; page += 1) {
      const rows = this.#pages.get(page);
      const from = Math.max(first - page * PAGE, 0);
      const to = Math.min(end - page * PAGE, PAGE - 1);
      for (let at = from; at <= to; at += 1) {
        if (rows?.[at] === undefined) {
          wanted.add(page);
          break;
        }
      }
    }
    for (const [page, control] of this.#asked) {
      if (!wanted.has(page)) {
        control.abort();
        this.#asked.delete(page);
      }
    }
    for (const page of wanted) if (!this.#asked.has(page)) void this.#fetch(page);
  }

  /** Where an event is; the nearest row before it where it has none. */
  place(seq: number): Promise<Place> {
    return this.#call("find", { body: { view: this.#view, seq } });
  }

  /** The next row after an event that fits an expression; index -1 or not exact where none does. */
  next(seq: number, matching: string, backward = false): Promise<Place> {
    return this.#call("find", { body: { view: this.#view, seq, matching, backward } });
  }

  /** Where that is which happened at a time of the capture, or last before it. */
  placeAt(ns: number): Promise<Place> {
    return this.#call("find", { body: { view: this.#view, at_ns: Math.max(0, Math.round(ns)) } });
  }

  /** A row is another one than it was, as by a note: read it and its neighbours again. */
  reread(index: number): void {
    void this.#fetch(Math.floor(Math.max(0, index) / PAGE));
  }

  /** Have `then` run when the store is not used any more. */
  onDispose(then: () => void): void {
    this.#ends.push(then);
  }

  /** Stop watching; the store is not used again. */
  dispose(): void {
    this.#unwatch?.();
    this.#unwatch = null;
    this.#forget();
    for (const end of this.#ends.splice(0)) end();
  }

  /** Everything may be different, since the server was away: read what is looked at again. */
  refresh(): void {
    this.#forget();
    this.#version += 1;
  }

  #begin(): void {
    this.#unwatch?.();
    this.#forget();
    this.total = 0;
    this.known = false;
    this.complete = false;
    this.problem = "";
    this.#pausedAt = null;
    this.#version += 1;
    this.#unwatch = this.#watchView(this.#view, TAIL, (update) => this.#take(update));
    void this.#fetch(0);
  }

  #forget(): void {
    for (const control of this.#asked.values()) control.abort();
    this.#asked.clear();
    this.#pages.clear();
    this.#changedFrom = Infinity;
  }

  #take(update: ViewUpdate): void {
    // What is here from the tail's begin on is void, and so is what was skipped before it.
    if (update.tail.length > 0 || update.skipped > 0 || update.total < this.total) {
      const from = Math.min(update.tail_start - update.skipped, update.total);
      // A view that is paused stays as it was, and reads anew what changed when it goes on.
      this.#changedFrom = Math.min(this.#changedFrom, from);
      this.#void(Math.max(from, this.#pausedAt ?? 0));
      if (this.#pausedAt === null) this.#changedFrom = Infinity;
    }
    this.known = true;
    this.total = update.total;
    this.complete = update.complete;
    this.readSeq = update.read_seq;
    this.lastSeq = update.last_seq;
    this.problem = update.problem;
    update.tail.forEach((row, at) => {
      const index = update.tail_start + at;
      if (this.#pausedAt === null || index >= this.#pausedAt) this.#put(index, row);
    });
    this.#version += 1;
  }

  /** Forget the rows from an index on. */
  #void(from: number): void {
    const first = Math.floor(Math.max(0, from) / PAGE);
    this.#pages.get(first)?.splice(Math.max(0, from) % PAGE);
    for (const page of this.#pages.keys()) if (page > first) this.#pages.delete(page);
    for (const [page, control] of this.#asked) {
      if (page < first) continue;
      control.abort();
      this.#asked.delete(page);
    }
  }

  #put(index: number, row: Row): void {
    const page = Math.floor(index / PAGE);
    const rows = this.#pages.get(page) ?? [];
    rows[index % PAGE] = row;
    this.#pages.set(page, rows);
  }

  async #fetch(page: number): Promise<void> {
    const control = new AbortController();
    this.#asked.get(page)?.abort();
    this.#asked.set(page, control);
    const body = { view: this.#view, start: page * PAGE, count: PAGE };
    try {
      const window = await this.#call("rows", { body, signal: control.signal });
      if (control.signal.aborted) return;
      window.rows.forEach((row, at) => this.#put(window.start + at, row));
      this.total = Math.max(this.total, window.total);
      if (!this.known) {
        this.complete = window.complete;
        this.readSeq = window.read_seq;
        this.lastSeq = window.last_seq;
      }
      this.known = true;
      this.#version += 1;
    } catch (error) {
      if (isAbort(error) || control.signal.aborted) return;
      if (!this.known) this.problem = inWords(error).said;
    } finally {
      if (this.#asked.get(page) === control) this.#asked.delete(page);
    }
  }
}
