// What a tab's connection speaks: told by its address, and by what is in its capture.

import { type Spoken, spokenWith } from "../base/address";
import type { App } from "../store/app.svelte";
import { isUp } from "../store/sessions.svelte";
import type { Tab } from "../store/tabs.svelte";

/** Whether a tab is about a WebRTC connection, or its capture holds one. */
export function isWebRtc(app: App, tab: Tab): boolean {
  if (app.captures.transports.get(tab.capture)?.has("webrtc") === true) return true;
  return !tab.isCapture && spokenOf(app, tab) !== "websocket";
}

/** Whether a tab is about a WebSocket, or its capture holds one: signaling may run over one. */
export function isWebSocket(app: App, tab: Tab): boolean {
  if (app.captures.transports.get(tab.capture)?.has("websocket") === true) return true;
  if (tab.isCapture) return !isWebRtc(app, tab);
  return ["websocket", "messages"].includes(spokenOf(app, tab));
}

/** What is spoken on a tab's connection; without one, what its address says. */
export function spokenOf(app: App, tab: Tab): Spoken {
  const session = app.sessionOf(tab);
  if (session === undefined || !isUp(session)) return addressedOf(app, tab);
  if (session.transport === "websocket") return "websocket";
  const spoken = spokenWith(session.url);
  return spoken === "websocket" ? "messages" : spoken;
}

/** What a tab's address says is spoken with it; a template is taken for a WebSocket. */
export function addressedOf(app: App, tab: Tab): Spoken {
  const url = app.fieldsOf(tab)["url"];
  return spokenWith(typeof url === "string" ? url : "");
}

/** What is counted as bytes of a capture: of data channels the payload is all that is known. */
export function bytesOf(app: App, capture: string): string {
  const spoken = app.captures.transports.get(capture);
  if (spoken?.has("webrtc") !== true) return "on the wire";
  return spoken.has("websocket") ? "on the wire or in channels" : "in messages";
}
