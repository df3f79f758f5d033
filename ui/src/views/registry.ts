// What the page shows, in one list: pages of the top bar, views of a connection's tab, options of
// its endpoint. The shell makes tabs, keys, palette and the foot of the phone from it, and knows
// none of them by name.

import type { Component } from "svelte";

import { app } from "../store/app.svelte";
import type { Tab } from "../store/tabs.svelte";
import Charts from "./charts/Charts.svelte";
import Findings from "./findings/Findings.svelte";
import { findingsNote } from "./findings/muting";
import Handshake from "./handshake/Handshake.svelte";
import Start from "./Start.svelte";
import Wire from "./Wire.svelte";

/** A page of the top bar, beside the workbench itself. */
export interface PageEntry {
  id: string;
  name: string;
  component: Component;
}

/** A pane of a view: on a phone it has the screen for itself, and a button in the foot. */
export interface PaneEntry {
  /** The view shows it while `app().pane` is this, or `main` for its first. */
  id: string;
  name: string;
}

/** A view of a tab: wire, handshake, charts, findings. */
export interface ViewEntry {
  id: string;
  name: string;
  /** The letter after `g`; the digit comes from the place in the list. */
  letter?: string;
  component: Component<{ tab: Tab }>;
  /** Beside the name in the row of tabs, such as a count. */
  note?: (tab: Tab) => string;
  /** Whether a tab has it; every tab, where missing. */
  applies?: (tab: Tab) => boolean;
  /** Its panes on a phone; itself, where missing. */
  panes?: readonly PaneEntry[];
}

/** An option of the endpoint: a tab that folds a drawer open under the row. */
export interface OptionEntry {
  id: string;
  name: string;
  component: Component<{ tab: Tab }>;
  /** The value as it is, so that the row is a summary. */
  note?: (tab: Tab) => string;
  /** Whether the value is a danger, such as certificates that are not checked. */
  danger?: (tab: Tab) => boolean;
}

export const PAGES: readonly PageEntry[] = [{ id: "start", name: "Start", component: Start }];

export const VIEWS: readonly ViewEntry[] = [
  {
    id: "wire",
    name: "Wire",
    letter: "w",
    component: Wire,
    panes: [
      { id: "wire", name: "Wire" },
      { id: "inspect", name: "Inspect" },
    ],
  },
  { id: "handshake", name: "Handshake", letter: "h", component: Handshake },
  { id: "charts", name: "Charts", letter: "c", component: Charts },
  {
    id: "findings",
    name: "Findings",
    letter: "f",
    component: Findings,
    note: (tab) => findingsNote(app(), tab),
  },
];

export const OPTIONS: readonly OptionEntry[] = [];

/** The views that a tab has. */
export function viewsOf(tab: Tab): ViewEntry[] {
  return VIEWS.filter((view) => view.applies?.(tab) ?? true);
}

/** The view that a tab shows: the one that was chosen, if it has it, or its first. */
export function viewOf(tab: Tab): ViewEntry | undefined {
  const views = viewsOf(tab);
  return views.find((view) => view.id === tab.view) ?? views[0];
}
