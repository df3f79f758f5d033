// What was read of the server last, kept while it is read anew: once a second at most, and never two
// readings at a time. What a person looks at stays until the new is there.

import { inWords } from "../transport/api";

const AGAIN_MS = 1000;

export class Latest<Value> {
  #key: string | null = null;
  #load: ((signal: AbortSignal) => Promise<Value>) | null = null;
  #control: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #readAt = -Infinity;
  #again = false;

  /** What was read; null until something was. */
  value = $state.raw<Value | null>(null);
  /** Why the last reading failed; null if it did not. */
  problem = $state.raw<{ said: string; hint: string } | null>(null);

  /** Read, now or a second after the reading before; another `key` makes what is here void. */
  read(key: string, load: (signal: AbortSignal) => Promise<Value>): void {
    if (key !== this.#key) {
      this.stop();
      this.#key = key;
      this.#readAt = -Infinity;
      this.value = null;
      this.problem = null;
    }
    this.#load = load;
    if (this.#control !== null) {
      this.#again = true;
      return;
    }
    const wait = Math.max(0, this.#readAt + AGAIN_MS - performance.now());
    clearTimeout(this.#timer);
    if (wait === 0) void this.#read();
    else this.#timer = setTimeout(() => void this.#read(), wait);
  }

  /** Give up what is under way. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#control?.abort();
    this.#control = null;
    this.#again = false;
  }

  async #read(): Promise<void> {
    const load = this.#load;
    if (load === null) return;
    const control = (this.#control = new AbortController());
    this.#readAt = performance.now();
    try {
      const value = await load(control.signal);
      if (control.signal.aborted) return;
      this.value = value;
      this.problem = null;
    } catch (error) {
      if (control.signal.aborted) return;
      this.problem = inWords(error);
    }
    this.#control = null;
    if (!this.#again) return;
    this.#again = false;
    this.#timer = setTimeout(() => void this.#read(), AGAIN_MS);
  }
}
