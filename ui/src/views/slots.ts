// Places in a view for what is built apart from it; the registry fills them.

import type { Component } from "svelte";

import type { Tab } from "../store/tabs.svelte";

export const SLOTS: {
  /** Below the timeline of a connection: what is written and sent. */
  composer: Component<{ tab: Tab }> | null;
} = { composer: null };
