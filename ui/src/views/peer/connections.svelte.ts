// The WebRTC connections of a tab's capture, the newest last, told by how each was opened.

import type { Tab } from "../../store/tabs.svelte";
import { openingsOf } from "../openings.svelte";

export class Connections {
  readonly #tab: () => Tab;
  readonly #openings = $derived.by(() => openingsOf(this.#tab()));
  readonly #attempts = $derived(
    (this.#openings.value ?? []).filter((one) => one.transport === "webrtc"),
  );
  readonly all = $derived(this.#attempts.map((one) => one.connection));
  /** The connection that is looked at; empty for the newest. */
  chosen = $state("");
  /** The one that is shown; empty while there is none. */
  readonly current = $derived(
    this.all.includes(this.chosen) ? this.chosen : (this.all.at(-1) ?? ""),
  );

  constructor(tab: () => Tab) {
    this.#tab = tab;
  }

  /** Whether it is known what there is. */
  get known(): boolean {
    return this.#openings.value !== null;
  }
}
