import { beforeEach, expect, test } from "vitest";

import type { SessionState } from "../protocol/generated";
import { App } from "../store/app.svelte";
import { Kept } from "../store/kept";
import type { Tab } from "../store/tabs.svelte";
import { drawerOf } from "../store/testing/drawer";
import type { Call } from "../transport/api";
import { addressedOf, bytesOf, spokenOf } from "./spoken.svelte";

let app: App;
let tab: Tab;
let revision = 0;

beforeEach(() => {
  const kept = new Kept(drawerOf());
  app = new App((async () => ({})) as unknown as Call, "", kept, kept, false);
  tab = app.openDraft({ url: "wss://example.net" });
  tab.session = "s1";
});

function connected(transport: SessionState["transport"], url: string, phase = "open"): void {
  revision += 1;
  app.sessions.put({ id: "s1", capture: "c1", transport, url, phase, revision } as SessionState);
}

test("without a connection the address that is typed says what is spoken", () => {
  expect(spokenOf(app, tab)).toBe("websocket");
  connected("webrtc", "whep+https://example.net/live", "closed");
  expect(spokenOf(app, tab)).toBe("websocket");
});

test("what is typed meanwhile changes nothing of a connection that is up", () => {
  connected("webrtc", "whep+https://example.net/live");
  expect([spokenOf(app, tab), addressedOf(app, tab)]).toEqual(["whep", "websocket"]);
  app.setField(tab, "url", "whip+https://example.net/live");
  connected("websocket", "wss://example.net");
  expect([spokenOf(app, tab), addressedOf(app, tab)]).toEqual(["websocket", "whip"]);
});

test("a WebRTC connection whose address does not say so is one nevertheless", () => {
  connected("webrtc", "{{room}}");
  expect(spokenOf(app, tab)).toBe("messages");
});

test("bytes are said to be of what was counted, in a capture of both transports as well", () => {
  const saidOf = (...transports: SessionState["transport"][]) => {
    app.captures.transports.set("c1", new Set(transports));
    return bytesOf(app, "c1");
  };
  expect([saidOf("websocket"), saidOf("webrtc"), saidOf("websocket", "webrtc")]).toEqual([
    "on the wire",
    "in messages",
    "on the wire or in channels",
  ]);
});
