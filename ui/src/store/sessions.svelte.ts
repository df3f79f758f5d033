// Connections that this workbench opened, and what the captures that record them come to. Both are
// told by the live socket; nothing here asks for them twice.

import { SvelteMap } from "svelte/reactivity";

import type { Batch, CaptureState, Rates, SessionState, State } from "../protocol/generated";
import { Since } from "./since";

export class Sessions {
  readonly all = new SvelteMap<string, SessionState>();
  /** Ids of those that an earlier server told of. */
  readonly #stale = new Set<string>();
  readonly #since = new Since<SessionState>();

  /** The connection with an id; undefined once it is forgotten. */
  of(id: string): SessionState | undefined {
    return this.all.get(id);
  }

  /** The connection that was opened last from a saved endpoint. */
  ofEndpoint(path: string): SessionState | undefined {
    return [...this.all.values()].findLast((session) => session.endpoint === path);
  }

  /** Take what was said of a connection, unless something newer is known: answers overtake batches. */
  put(session: SessionState): void {
    this.#since.note(session);
    const known = this.#stale.delete(session.id) ? undefined : this.all.get(session.id);
    if (known === undefined || known.revision <= session.revision) {
      this.all.set(session.id, session);
    }
  }

  /** Whether an earlier server told of it, and nothing has been heard since. */
  isStale(id: string): boolean {
    return this.#stale.has(id);
  }

  /** The server is away: another one may come, which begins to count anew. */
  lose(): void {
    for (const id of this.all.keys()) this.#stale.add(id);
  }

  forget(id: string): void {
    this.#since.gone(id);
    this.all.delete(id);
  }

  /** All there are is asked for now; `begin` takes the answer. */
  ask(): void {
    this.#since.ask();
  }

  begin(state: State): void {
    const there = this.#since.over(state.sessions);
    this.#keepOnly(there);
    for (const session of there.values()) this.put(session);
  }

  /** The first batch of a socket holds all of them, a later one those that changed. */
  take(batch: Batch): void {
    if (batch.number === 1) this.#keepOnly(new Set(batch.sessions.map((session) => session.id)));
    batch.sessions.forEach((session) => this.put(session));
    batch.forgotten.forEach((id) => this.forget(id));
  }

  #keepOnly(there: ReadonlySet<string> | ReadonlyMap<string, SessionState>): void {
    for (const id of this.all.keys()) {
      if (there.has(id)) continue;
      this.all.delete(id);
      this.#stale.delete(id);
    }
  }
}

/** What a connection is. */
type Transport = SessionState["transport"];

/** Whether a connection is there, or on its way. */
export function isUp(session: SessionState | undefined): boolean {
  return session !== undefined && session.phase !== "closed" && session.phase !== "failed";
}

/** Whether two captures are one file: begun at one instant, and of the same content. */
function isSameFile(one: CaptureState, other: CaptureState): boolean {
  return (
    one.started === other.started && one.bytes === other.bytes && one.last_seq === other.last_seq
  );
}

export class Captures {
  readonly all = new SvelteMap<string, CaptureState>();
  readonly rates = new SvelteMap<string, Rates>();
  /** Capture -> revision of its analysis; whoever shows it reads it anew when it rises. */
  readonly analyses = new SvelteMap<string, number>();
  /** Capture -> what its connections are, where somebody has asked how they were opened. */
  readonly transports = new SvelteMap<string, ReadonlySet<Transport>>();
  /** Capture -> codes of its findings, where somebody has asked for them. */
  readonly codes = new SvelteMap<string, readonly string[]>();
  readonly #since = new Since<CaptureState>();

  of(id: string): CaptureState | undefined {
    return this.all.get(id);
  }

  /** All of them, the newest first. */
  get newest(): CaptureState[] {
    return [...this.all.values()].sort((one, other) => other.started.localeCompare(one.started));
  }

  /** Those that a batch has under another name, and with it another id: the ids before. */
  renamedIn(batch: Batch): Map<string, CaptureState> {
    const found = new Map<string, CaptureState>();
    for (const id of batch.deleted) {
      const gone = this.all.get(id);
      const same = gone && batch.captures.find((one) => isSameFile(one, gone));
      if (same) found.set(id, same);
    }
    return found;
  }

  put(capture: CaptureState): void {
    this.#since.note(capture);
    this.all.set(capture.id, capture);
    if (!capture.recording) this.rates.delete(capture.id);
  }

  forget(id: string): void {
    this.#since.gone(id);
    this.all.delete(id);
    this.rates.delete(id);
    this.analyses.delete(id);
    this.codes.delete(id);
    this.transports.delete(id);
  }

  /** All there are is asked for now; `begin` takes the answer. */
  ask(): void {
    this.#since.ask();
  }

  begin(state: State): void {
    const there = this.#since.over(state.captures);
    for (const id of this.all.keys()) if (!there.has(id)) this.forget(id);
    for (const capture of there.values()) this.put(capture);
  }

  take(batch: Batch): void {
    batch.captures.forEach((capture) => this.put(capture));
    batch.deleted.forEach((id) => this.forget(id));
    batch.rates.forEach((rates) => this.rates.set(rates.capture, rates));
    for (const [capture, revision] of Object.entries(batch.analyses)) {
      this.analyses.set(capture, revision);
    }
  }
}
