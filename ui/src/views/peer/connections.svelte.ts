// The WebRTC connections of a tab's capture, the newest last, told by how each was opened.

import type { Opening } from "../../protocol/generated";
import type { App } from "../../store/app.svelte";
import type { Tab } from "../../store/tabs.svelte";
import { Latest } from "../latest.svelte";

export class Connections {
  readonly #openings = new Latest<Opening[]>();
  /** The connection that is looked at; empty for the newest. */
  chosen = $state("");
  readonly #attempts = $derived(
    (this.#openings.value ?? []).filter((one) => one.transport === "webrtc"),
  );
  readonly all = $derived(this.#attempts.map((one) => one.connection));

  /** How the one that is shown came about; undefined while there is none. */
  get opening(): Opening | undefined {
    return this.#attempts.find((one) => one.connection === this.current);
  }

  /** Whether a step of it is still to be done. */
  get unsettled(): boolean {
    return this.opening?.steps.some((step) => step.duration_ns < 0) ?? true;
  }

  /** The one that is shown; empty while there is none. */
  get current(): string {
    return this.all.includes(this.chosen) ? this.chosen : (this.all.at(-1) ?? "");
  }

  /** Whether it is known what there is. */
  get known(): boolean {
    return this.#openings.value !== null;
  }

  get problem() {
    return this.#openings.problem;
  }

  read(app: App, capture: string): void {
    const path = { capture };
    this.#openings.read(capture, (signal) => app.call("openings", { path, signal }));
  }

  stop(): void {
    this.#openings.stop();
  }
}

/** Read them, and again with each new connection, for as long as the component that calls this. */
export function followConnections(app: App, tab: () => Tab): Connections {
  const connections = new Connections();
  $effect(() => {
    const { capture } = tab();
    void app.sessionOf(tab())?.connection;
    // Until the newest one stands, each event may be a step of it.
    if (connections.unsettled) void app.captures.of(capture)?.last_seq;
    if (capture !== "") connections.read(app, capture);
  });
  $effect(() => () => connections.stop());
  return connections;
}
