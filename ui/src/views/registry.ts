// What the page shows, in one list: pages of the top bar, views of a connection's tab, options of
// its endpoint. The shell makes tabs, keys, palette and the foot of the phone from it, and knows
// none of them by name.

import type { Component } from "svelte";

import { app } from "../store/app.svelte";
import type { Tab } from "../store/tabs.svelte";
import Composer from "./composer/Composer.svelte";
import Auth from "./endpoint/Auth.svelte";
import Compression from "./endpoint/Compression.svelte";
import Cookies from "./endpoint/Cookies.svelte";
import Decoder from "./endpoint/Decoder.svelte";
import Description from "./endpoint/Description.svelte";
import Headers from "./endpoint/Headers.svelte";
import Heartbeat from "./endpoint/Heartbeat.svelte";
import Limits from "./endpoint/Limits.svelte";
import { type Endpoint, endpointOf, same, valueAt } from "./endpoint/model";
import Network from "./endpoint/Network.svelte";
import * as note from "./endpoint/notes";
import Origin from "./endpoint/Origin.svelte";
import Query from "./endpoint/Query.svelte";
import Rules from "./endpoint/Rules.svelte";
import Subprotocols from "./endpoint/Subprotocols.svelte";
import Tls from "./endpoint/Tls.svelte";
import Environments from "./sheets/Environments.svelte";
import Export from "./sheets/Export.svelte";
import Import from "./sheets/Import.svelte";
import Beside from "./beside/Beside.svelte";
import Captures from "./captures/Captures.svelte";
import Charts from "./charts/Charts.svelte";
import Findings from "./findings/Findings.svelte";
import { findingsNote } from "./findings/muting";
import Handshake from "./handshake/Handshake.svelte";
import Start from "./Start.svelte";
import { SLOTS } from "./slots";
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
  /** Whether the value is another one than that of a new endpoint. */
  changed?: (tab: Tab) => boolean;
}

/** A sheet that floats above the page until it is closed; the palette has it by name. */
export interface SheetEntry {
  id: string;
  /** As a command: "Edit environments". */
  name: string;
  component: Component<{ about: string; onclose: () => void }>;
}

export const PAGES: readonly PageEntry[] = [
  { id: "start", name: "Start", component: Start },
  { id: "captures", name: "Captures", component: Captures },
  { id: "beside", name: "Side by side", component: Beside },
];

export const VIEWS: readonly ViewEntry[] = [
  {
    id: "wire",
    name: "Wire",
    letter: "w",
    component: Wire,
    panes: [
      { id: "wire", name: "Wire" },
      { id: "inspect", name: "Inspect" },
      { id: "compose", name: "Send" },
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

const of = (tab: Tab) => endpointOf(app().fieldsOf(tab));

/** An option of these fields of the endpoint, its note made of the whole. */
function option(
  id: string,
  name: string,
  component: OptionEntry["component"],
  tell: (endpoint: Endpoint) => string,
  fields: readonly string[] = [id],
): OptionEntry {
  return {
    id,
    name,
    component,
    note: (tab) => tell(of(tab)),
    changed: (tab) => {
      const plain = endpointOf({ ...app().state?.defaults });
      return fields.some((field) => !same(valueAt(of(tab), field), valueAt(plain, field)));
    },
  };
}

export const OPTIONS: readonly OptionEntry[] = [
  option("query", "Query", Query, note.queryNote),
  option("headers", "Headers", Headers, note.headersNote),
  option("cookies", "Cookies", Cookies, note.cookiesNote),
  option("auth", "Auth", Auth, note.authNote),
  option("origin", "Origin", Origin, note.originNote),
  option("subprotocols", "Subprotocols", Subprotocols, note.subprotocolsNote),
  {
    ...option("compression", "Compression", Compression, note.compressionNote),
    note: (tab) => note.compressionNote(of(tab), app().sessionOf(tab)),
  },
  option("heartbeat", "Heartbeat", Heartbeat, note.heartbeatNote),
  option("limits", "Limits", Limits, note.limitsNote, ["limits", "strict"]),
  { ...option("tls", "TLS", Tls, note.tlsNote), danger: (tab) => of(tab).tls.insecure },
  option("network", "Network", Network, note.networkNote),
  option("decoder", "Decoder", Decoder, note.decoderNote),
  option("rules", "Rules", Rules, note.rulesNote, ["on_message"]),
  option("description", "Description", Description, note.descriptionNote),
];

export const SHEETS: readonly SheetEntry[] = [
  { id: "environments", name: "Edit environments and secrets", component: Environments },
  { id: "import", name: "Import endpoints and messages", component: Import },
  { id: "export", name: "Export endpoints", component: Export },
];

SLOTS.composer = Composer;

/** The views that a tab has. */
export function viewsOf(tab: Tab): ViewEntry[] {
  return VIEWS.filter((view) => view.applies?.(tab) ?? true);
}

/** The view that a tab shows: the one that was chosen, if it has it, or its first. */
export function viewOf(tab: Tab): ViewEntry | undefined {
  const views = viewsOf(tab);
  return views.find((view) => view.id === tab.view) ?? views[0];
}
