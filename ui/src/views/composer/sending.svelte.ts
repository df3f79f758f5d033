// Sending what stands in a tab's composer: at once, or as soon as the connection is open that this
// orders. It goes on while another view or another tab is looked at, since the person who pressed the
// button may well watch the handshake meanwhile.

import { clock } from "../../base/format";
import type { Outgoing } from "../../protocol/generated";
import type { App } from "../../store/app.svelte";
import { isUp } from "../../store/sessions.svelte";
import type { Tab } from "../../store/tabs.svelte";
import { inWords } from "../../transport/api";
import { CLOSE } from "./frames";

const SEND_TIMEOUT_MS = 600_000;

/** What is to be sent. */
export interface Wanted {
  outgoing: Outgoing;
  /** Whether frames may be illegal; otherwise a Close frame ends the connection in order. */
  illegal: boolean;
  /** Seconds between repetitions; 0 sends once. */
  repeatS: number;
}

export class Sending {
  readonly #app: App;
  readonly #tab: Tab;
  /** Whether it waits for the connection. */
  waiting = $state(false);
  /** Whether it is on its way to the server. */
  busy = $state(false);
  /** What came of it, or why nothing did and what to do. */
  said = $state("");
  problem = $state("");
  hint = $state("");

  constructor(app: App, tab: Tab) {
    this.#app = app;
    this.#tab = tab;
  }

  /** Send something; whether it went out. */
  async send(wanted: Wanted): Promise<boolean> {
    if (this.busy || this.waiting) return false;
    this.said = this.problem = this.hint = "";
    if (!(await this.#opened())) return false;
    this.busy = true;
    try {
      await this.#give(wanted);
      return true;
    } catch (error) {
      ({ said: this.problem, hint: this.hint } = inWords(error));
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Have a connection that is open; whether there is one, and if not, why is said. */
  async #opened(): Promise<boolean> {
    const session = this.#app.sessionOf(this.#tab);
    if (session?.phase === "open") return true;
    this.waiting = true;
    try {
      if (!isUp(session)) await this.#app.connect(this.#tab);
      if (this.#tab.trouble !== null) return false; // which the bar of the endpoint says
      if (await this.#settled()) return true;
      this.problem = "Not sent, since there is no connection.";
      return false;
    } finally {
      this.waiting = false;
    }
  }

  /** Wait until it is known whether the connection opens. */
  #settled(): Promise<boolean> {
    return new Promise((resolve) => {
      const stop = $effect.root(() => {
        $effect(() => {
          const session = this.#app.sessionOf(this.#tab);
          const isOpen = session?.phase === "open";
          if (!isOpen && isUp(session)) return;
          resolve(isOpen);
          queueMicrotask(() => stop());
        });
      });
    });
  }

  async #give({ outgoing, illegal, repeatS }: Wanted): Promise<void> {
    const path = { session: this.#tab.session };
    if (outgoing.opcode === CLOSE && !illegal) {
      const { code = null, reason = "" } = outgoing;
      await this.#app.call("close_session", { path, body: { code, reason } });
    } else {
      const environment = this.#app.workspace.environment;
      const body = { outgoing, environment, repeat_s: repeatS };
      await this.#app.call("send", { path, body, timeout: SEND_TIMEOUT_MS });
    }
    const kept = this.#app.sent.note(this.#tab.id, outgoing, Date.now());
    const at = clock(new Date().toISOString());
    this.said = kept ? `Sent ${at}` : `Sent ${at}; too long for the history`;
  }
}

const KNOWN = new WeakMap<Tab, Sending>();

/** What a tab's composer sends, the same as long as the tab is. */
export function sendingOf(app: App, tab: Tab): Sending {
  let sending = KNOWN.get(tab);
  if (sending === undefined) {
    sending = new Sending(app, tab);
    KNOWN.set(tab, sending);
  }
  return sending;
}
