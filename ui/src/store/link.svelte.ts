// How the page stands with its server, in words. While the server is away nothing that was typed is
// lost, and the page says so.

import type { LiveState } from "../transport/live";

export class Link {
  #live = $state.raw<LiveState>({ phase: "connecting", attempt: 0, retryAt: 0, outdated: false });
  /** Why the server lets this browser in no more; empty while it does. */
  locked = $state("");
  /** Now, for the count of seconds; whoever shows `words` keeps it going. */
  now = $state(Date.now());

  get phase(): LiveState["phase"] {
    return this.#live.phase;
  }

  take(state: LiveState): void {
    this.#live = state;
    this.now = Date.now();
    if (state.phase === "open") this.locked = "";
  }

  /** Whether something is wrong that a person should know. */
  get broken(): boolean {
    return this.locked !== "" || this.#live.outdated || this.#live.attempt > 0;
  }

  /** What happened and what of it matters, without the seconds; empty while all is well. */
  get alarm(): string {
    if (!this.broken) return "";
    if (this.locked !== "") return `${this.locked} What you typed is kept.`;
    if (this.#live.outdated) {
      return "The server is of another version than this page. Reload the page. What you typed is kept.";
    }
    return "The workbench’s server does not answer. What you typed is kept.";
  }

  /** The same for who sees it, with what goes on. */
  get words(): string {
    if (this.locked !== "" || this.#live.outdated) return this.alarm;
    const wait = Math.max(0, Math.ceil((this.#live.retryAt - this.now) / 1000));
    const trying =
      this.#live.phase === "lost" && wait > 0 ? `Trying again in ${wait} s.` : "Trying again now.";
    return `The workbench’s server does not answer. ${trying} What you typed is kept.`;
  }

  /** Whether only a reload helps. */
  get outdated(): boolean {
    return this.#live.outdated;
  }
}
