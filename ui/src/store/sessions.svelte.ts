// Connections that this workbench opened, and what the captures that record them come to. Both are
// told by the live socket; nothing here asks for them twice.

import { SvelteMap } from "svelte/reactivity";

import type { Batch, CaptureState, Rates, SessionState, State } from "../protocol/generated";

export class Sessions {
  readonly all = new SvelteMap<string, SessionState>();
  /** Ids of those that an earlier server told of. */
  readonly #stale = new Set<string>();

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
    const known = this.#stale.delete(session.id) ? undefined : this.all.get(session.id);
    if (known === undefined || known.revision <= session.revision) {
      this.all.set(session.id, session);
    }
  }

  /** The server is away: another one may come, which begins to count anew. */
  lose(): void {
    for (const id of this.all.keys()) this.#stale.add(id);
  }

  forget(id: string): void {
    this.all.delete(id);
  }

  begin(state: State): void {
    this.#keepOnly(state.sessions);
    state.sessions.forEach((session) => this.put(session));
  }

  /** The first batch of a socket holds all of them, a later one those that changed. */
  take(batch: Batch): void {
    if (batch.number === 1) this.#keepOnly(batch.sessions);
    batch.sessions.forEach((session) => this.put(session));
    batch.forgotten.forEach((id) => this.forget(id));
  }

  #keepOnly(sessions: readonly SessionState[]): void {
    const there = new Set(sessions.map((session) => session.id));
    for (const id of this.all.keys()) if (!there.has(id)) this.all.delete(id);
  }
}

/** Whether a connection is there, or on its way. */
export function isUp(session: SessionState | undefined): boolean {
  return session !== undefined && session.phase !== "closed" && session.phase !== "failed";
}

export class Captures {
  readonly all = new SvelteMap<string, CaptureState>();
  readonly rates = new SvelteMap<string, Rates>();
  /** Capture -> revision of its analysis; whoever shows it reads it anew when it rises. */
  readonly analyses = new SvelteMap<string, number>();

  of(id: string): CaptureState | undefined {
    return this.all.get(id);
  }

  /** All of them, the newest first. */
  get newest(): CaptureState[] {
    return [...this.all.values()].sort((one, other) => other.started.localeCompare(one.started));
  }

  put(capture: CaptureState): void {
    this.all.set(capture.id, capture);
    if (!capture.recording) this.rates.delete(capture.id);
  }

  forget(id: string): void {
    this.all.delete(id);
    this.rates.delete(id);
    this.analyses.delete(id);
  }

  begin(state: State): void {
    this.all.clear();
    this.rates.clear();
    state.captures.forEach((capture) => this.put(capture));
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
