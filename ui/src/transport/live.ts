// What happens, as it happens: the socket `/api/live`. The server sends a batch, the page shows it
// and then acknowledges it, and only then comes the next, so that a page that is behind skips
// instead of piling up. A lost socket is opened again after 1, 2, 4 … 15 seconds, and what was
// watched is watched again. It counts as open once the first batch is there, since a server that
// cannot speak with this page opens the socket as well, to say so.

import { decode, encode } from "@msgpack/msgpack";

import type { Ack, Batch, Unwatch, View, ViewUpdate, Watch } from "../protocol/generated";
import { TIMEOUT_MS } from "./api";

export const SUBPROTOCOL = "wirescope.live.1";

/** Waits before attempt 1, 2, 3 …, in ms; the last one repeats. */
export const WAITS_MS = [1000, 2000, 4000, 8000, 15_000] as const;

/** The close code for a page of another version than the server. */
const OUTDATED = 4000;

/** A paint that has not come by then will not: the page is hidden. */
const PAINT_MS = 250;

export type LivePhase = "connecting" | "open" | "lost";

/** How the socket stands; `retryAt` is when it will be tried again, on the clock of `Date.now`. */
export interface LiveState {
  phase: LivePhase;
  attempt: number;
  retryAt: number;
  /** The server speaks another version than this page. */
  outdated: boolean;
}

export interface LiveOptions {
  url: string;
  onBatch: (batch: Batch) => void;
  onState: (state: LiveState) => void;
  /** Opens a socket; another one in tests. */
  open?: (url: string, subprotocol: string) => WebSocket;
  /** Runs `then` once what was changed has been painted. */
  painted?: (then: () => void) => void;
}

interface Watched {
  view: View;
  tail: number;
  on: (update: ViewUpdate) => void;
}

/** Run `then` after the next paint, or soon where nothing is painted. */
export function afterPaint(then: () => void): void {
  let done = false;
  const once = () => {
    if (!done) setTimeout(then, 0);
    done = true;
  };
  requestAnimationFrame(once);
  setTimeout(once, PAINT_MS);
}

/** A mistake of one who listens is told to the browser, and keeps nothing from the others. */
function safely(act: () => void): void {
  try {
    act();
  } catch (error) {
    reportError(error);
  }
}

export class Live {
  readonly #options: LiveOptions;
  readonly #open: (url: string, subprotocol: string) => WebSocket;
  readonly #painted: (then: () => void) => void;
  readonly #watched = new Map<number, Watched>();
  #socket: WebSocket | null = null;
  /** Until the next attempt, or the end of this one. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #outdated = false;
  #lastId = 0;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#open = options.open ?? ((url, subprotocol) => new WebSocket(url, subprotocol));
    this.#painted = options.painted ?? afterPaint;
  }

  /** Open the socket, and again whenever it is lost. */
  start(): void {
    this.#connect();
  }

  /** Close for good. */
  stop(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }

  /** Do not wait for the next attempt. */
  retryNow(): void {
    if (this.#socket === null) this.#connect();
  }

  /** Be told about a view until the returned function is called. */
  watch(view: View, tail: number, on: (update: ViewUpdate) => void): () => void {
    const id = (this.#lastId += 1);
    this.#watched.set(id, { view, tail, on });
    this.#say({ type: "watch", id, view, tail });
    return () => {
      if (this.#watched.delete(id)) this.#say({ type: "unwatch", id });
    };
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#tell("connecting");
    this.#timer = setTimeout(() => this.#giveUp(), TIMEOUT_MS);
    let socket: WebSocket;
    try {
      socket = this.#open(this.#options.url, SUBPROTOCOL);
    } catch {
      this.#lost(false);
      return;
    }
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      for (const [id, { view, tail }] of this.#watched) {
        this.#say({ type: "watch", id, view, tail });
      }
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (socket === this.#socket && event.data instanceof ArrayBuffer) {
        this.#take(event.data, socket);
      }
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#lost(event.code === OUTDATED);
    };
  }

  #take(data: ArrayBuffer, socket: WebSocket): void {
    const batch = decode(data) as Batch;
    if (batch.number === 1) this.#begin();
    safely(() => this.#options.onBatch(batch));
    for (const update of batch.views) safely(() => this.#watched.get(update.id)?.on(update));
    this.#painted(() => {
      if (socket === this.#socket) this.#say({ type: "ack", number: batch.number });
    });
  }

  /** The server speaks with this page. */
  #begin(): void {
    clearTimeout(this.#timer);
    this.#attempt = 0;
    this.#outdated = false;
    this.#tell("open");
  }

  /** This attempt leads nowhere. */
  #giveUp(): void {
    const socket = this.#socket;
    this.#lost(false);
    socket?.close();
  }

  #lost(outdated: boolean): void {
    clearTimeout(this.#timer);
    this.#socket = null;
    this.#outdated = outdated;
    const wait = WAITS_MS[Math.min(this.#attempt, WAITS_MS.length - 1)] ?? 0;
    this.#attempt += 1;
    this.#tell("lost", Date.now() + wait);
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #tell(phase: LivePhase, retryAt = 0): void {
    this.#options.onState({ phase, attempt: this.#attempt, retryAt, outdated: this.#outdated });
  }

  #say(message: Watch | Unwatch | Ack): void {
    if (this.#socket?.readyState === 1) this.#socket.send(encode(message));
  }
}

/** The address of the live socket of the server that gave this page. */
export function liveAddress(at: { protocol: string; host: string }): string {
  return `${at.protocol === "https:" ? "wss" : "ws"}://${at.host}/api/live`;
}
