// What the page shows, in one list: pages of the top bar, views of a connection's tab, options of
// its endpoint. The shell makes tabs, keys, palette and the foot of the phone from it, and knows
// none of them by name.

import type { Component } from "svelte";

import type { Spoken } from "../base/address";
import { app } from "../store/app.svelte";
import type { Tab } from "../store/tabs.svelte";
import Composer from "./composer/Composer.svelte";
import Auth from "./endpoint/Auth.svelte";
import ChannelsOption from "./endpoint/Channels.svelte";
import Compression from "./endpoint/Compression.svelte";
import Cookies from "./endpoint/Cookies.svelte";
import Decoder from "./endpoint/Decoder.svelte";
import Description from "./endpoint/Description.svelte";
import Headers from "./endpoint/Headers.svelte";
import Heartbeat from "./endpoint/Heartbeat.svelte";
import Ice from "./endpoint/Ice.svelte";
import Limits from "./endpoint/Limits.svelte";
import MediaOption from "./endpoint/Media.svelte";
import { type Endpoint, endpointOf, same, valueAt } from "./endpoint/model";
import Network from "./endpoint/Network.svelte";
import * as note from "./endpoint/notes";
import Origin from "./endpoint/Origin.svelte";
import Query from "./endpoint/Query.svelte";
import Rules from "./endpoint/Rules.svelte";
import SignalingOption from "./endpoint/Signaling.svelte";
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
import Media from "./media/Media.svelte";
import Peer from "./peer/Peer.svelte";
import Start from "./Start.svelte";
import { SLOTS } from "./slots";
import { addressedOf, isWebRtc, isWebSocket } from "./spoken.svelte";
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
  /** The key that shows it, the same in every tab. */
  digit: string;
  /** The letter after `g` that does the same. */
  letter: string;
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
  /** With which addresses it means something. */
  speaks: readonly Spoken[];
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
    digit: "1",
    letter: "w",
    component: Wire,
    panes: [
      { id: "wire", name: "Wire" },
      { id: "inspect", name: "Inspect" },
      { id: "compose", name: "Send" },
    ],
  },
  {
    id: "handshake",
    name: "Handshake",
    digit: "2",
    letter: "h",
    component: Handshake,
    applies: (tab) => isWebSocket(app(), tab),
  },
  {
    id: "peer",
    name: "Peer",
    digit: "5",
    letter: "p",
    component: Peer,
    applies: (tab) => isWebRtc(app(), tab),
  },
  {
    id: "media",
    name: "Media",
    digit: "6",
    letter: "m",
    component: Media,
    applies: (tab) => isWebRtc(app(), tab),
  },
  { id: "charts", name: "Charts", digit: "3", letter: "c", component: Charts },
  {
    id: "findings",
    name: "Findings",
    digit: "4",
    letter: "f",
    component: Findings,
    note: (tab) => findingsNote(app(), tab),
  },
];

const of = (tab: Tab) => endpointOf(app().fieldsOf(tab));

const HTTP: readonly Spoken[] = ["whep", "whip"];
const SOCKET: readonly Spoken[] = ["websocket", "messages"];
const PEER: readonly Spoken[] = [...HTTP, "messages", "code"];
const ANY: readonly Spoken[] = ["websocket", ...PEER];
const REACHED: readonly Spoken[] = [...SOCKET, ...HTTP];

interface Limited {
  speaks: readonly Spoken[];
  /** The fields that it is of, where it is not named like its one field. */
  fields?: readonly string[];
}

/** An option of these fields of the endpoint, its note made of the whole. */
function option(
  id: string,
  name: string,
  component: OptionEntry["component"],
  tell: (endpoint: Endpoint) => string,
  { speaks, fields = [id] }: Limited,
): OptionEntry {
  return {
    id,
    name,
    component,
    speaks,
    note: (tab) => tell(of(tab)),
    changed: (tab) => {
      const plain = endpointOf({ ...app().state?.defaults });
      return fields.some((field) => !same(valueAt(of(tab), field), valueAt(plain, field)));
    },
  };
}

const WEBRTC_ICE = ["webrtc.ice_servers", "webrtc.own_ice_server", "webrtc.relay_only"];
const WEBRTC_MEDIA = ["webrtc.audio", "webrtc.video", "webrtc.codecs", "webrtc.record"];

export const OPTIONS: readonly OptionEntry[] = [
  option("signaling", "Signaling", SignalingOption, note.signalingNote, {
    speaks: ["messages"],
    fields: ["webrtc.adapter"],
  }),
  option("ice", "ICE", Ice, note.iceNote, { speaks: PEER, fields: WEBRTC_ICE }),
  option("channels", "Channels", ChannelsOption, note.channelsNote, {
    speaks: PEER,
    fields: ["webrtc.channels"],
  }),
  option("sent", "Audio and video", MediaOption, note.mediaNote, {
    speaks: PEER,
    fields: WEBRTC_MEDIA,
  }),
  option("query", "Query", Query, note.queryNote, { speaks: REACHED }),
  option("headers", "Headers", Headers, note.headersNote, { speaks: REACHED }),
  option("cookies", "Cookies", Cookies, note.cookiesNote, { speaks: REACHED }),
  option("auth", "Auth", Auth, note.authNote, { speaks: REACHED }),
  option("origin", "Origin", Origin, note.originNote, { speaks: SOCKET }),
  option("subprotocols", "Subprotocols", Subprotocols, note.subprotocolsNote, { speaks: SOCKET }),
  {
    ...option("compression", "Compression", Compression, note.compressionNote, { speaks: SOCKET }),
    note: (tab) => note.compressionNote(of(tab), app().sessionOf(tab)),
  },
  option("heartbeat", "Heartbeat", Heartbeat, note.heartbeatNote, { speaks: SOCKET }),
  option("limits", "Limits", Limits, note.limitsNote, {
    speaks: SOCKET,
    fields: ["limits", "strict"],
  }),
  {
    ...option("tls", "TLS", Tls, note.tlsNote, { speaks: REACHED }),
    danger: (tab) => of(tab).tls.insecure,
  },
  option("network", "Network", Network, note.networkNote, { speaks: REACHED }),
  option("decoder", "Decoder", Decoder, note.decoderNote, { speaks: ANY }),
  option("rules", "Rules", Rules, note.rulesNote, { speaks: ANY, fields: ["on_message"] }),
  option("description", "Description", Description, note.descriptionNote, { speaks: ANY }),
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

/** The options that a tab's address has; none of a capture alone. */
export function optionsOf(tab: Tab): OptionEntry[] {
  if (tab.isCapture) return [];
  const spoken = addressedOf(app(), tab);
  return OPTIONS.filter((option) => option.speaks.includes(spoken));
}

/** The view that a tab shows: the one that was chosen, if it has it, or its first. */
export function viewOf(tab: Tab): ViewEntry | undefined {
  const views = viewsOf(tab);
  return views.find((view) => view.id === tab.view) ?? views[0];
}
