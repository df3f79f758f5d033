import { expect, test } from "vitest";

import type { Item, SessionState } from "../protocol/generated";
import { Kept } from "./kept";
import { Tabs } from "./tabs.svelte";
import { drawerOf } from "./testing/drawer";

const SESSION = { id: "s1", name: "Echo", endpoint: "", url: "ws://here/echo", capture: "c1" };

test("an endpoint, a connection and a capture each have one tab", () => {
  const tabs = new Tabs(new Kept(drawerOf()));
  const first = tabs.openEndpoint("market/feed");
  tabs.openCapture({ id: "c7", name: "old" });
  expect(tabs.openEndpoint("market/feed")).toBe(first);
  expect(tabs.openCapture({ id: "c7", name: "old" }).isCapture).toBe(true);
  expect(tabs.all).toHaveLength(2);
});

test("a connection that was opened elsewhere shows the address it has", () => {
  const tabs = new Tabs(new Kept(drawerOf()));
  const tab = tabs.openSession(SESSION as SessionState);
  expect(tab.draft).toEqual({ url: "ws://here/echo" });
  expect([tab.name, tab.capture, tab.isCapture]).toEqual(["Echo", "c1", false]);
});

test("what was typed is there after a reload", () => {
  const kept = new Kept(drawerOf());
  const before = new Tabs(kept);
  before.openDraft({ url: "wss://example.net/{{room}}" }).composer = {
    form: "text",
    body: "half a mess",
  };
  before.keep();
  const after = new Tabs(kept).current;
  expect(after?.draft).toEqual({ url: "wss://example.net/{{room}}" });
  expect(after?.composer).toEqual({ form: "text", body: "half a mess" });
});

test("a credential and a code are not kept in the browser", () => {
  const drawer = drawerOf();
  const tabs = new Tabs(new Kept(drawer));
  const servers = [{ url: "turn:turn.test", username: "ada", credential: "s3cret" }];
  tabs.openDraft({ url: "webrtc:1.AAAAabcd", webrtc: { ice_servers: servers } });
  tabs.keep();
  const written = drawer.getItem("wirescope.tabs") ?? "";
  expect(written).toContain("turn:turn.test");
  expect(written).not.toMatch(/s3cret|AAAAabcd/);
  expect(tabs.current?.draft["url"]).toBe("webrtc:1.AAAAabcd");
});

const GUARDED: Item = {
  kind: "endpoint",
  path: "guarded",
  value: { url: "wss://guarded", tls: { key: "key.pem", key_password: "fromfile" } },
  digest: "1",
};

function reloaded(tls: object, item: Item = GUARDED) {
  const kept = new Kept(drawerOf());
  const tabs = new Tabs(kept);
  const tab = tabs.openEndpoint("guarded");
  tab.draft = { tls };
  tab.base = "1";
  tabs.keep(() => GUARDED);
  const again = new Tabs(kept);
  again.keep(() => undefined); // as the page does before the server has said what its files say
  const after = new Tabs(kept).current as NonNullable<typeof tabs.current>;
  after.fillIn(item);
  return after;
}

test("a secret that the file has is in the draft again after a reload", () => {
  const tls = { key: "other.pem", key_password: "fromfile" };
  const tab = reloaded(tls);
  expect([tab.draft, tab.lost]).toEqual([{ tls }, []]);
});

test("a secret that was typed is named as missing until it is typed again or given up", () => {
  const tab = reloaded({ key: "key.pem", key_password: "typed" });
  expect(tab.lost).toEqual(["tls.key_password"]);
  tab.draft = { tls: { key: "key.pem", key_password: "typed" } };
  expect(tab.lost).toEqual([]);
  const other = reloaded({ key: "key.pem", key_password: "typed" });
  other.forgo();
  expect(other.lost).toEqual([]);
});

test("nothing is filled in from a file that was changed meanwhile", () => {
  const tab = reloaded({ key: "other.pem", key_password: "fromfile" }, { ...GUARDED, digest: "2" });
  expect(tab.draft).toEqual({ tls: { key: "other.pem", key_password: null } });
  expect(tab.lost).toEqual(["tls.key_password"]);
});

test("the channel that was chosen is one of the connection before, and not of the next", () => {
  const tabs = new Tabs(new Kept(drawerOf()));
  const tab = tabs.openSession(SESSION as SessionState);
  tab.composer = { form: "text", body: "hello", channel: "d2" };
  tab.join({ id: "s1", capture: "c1" });
  expect(tab.composer.channel).toBe("d2");
  tab.join({ id: "s2", capture: "c2" });
  expect(tab.composer).toEqual({ form: "text", body: "hello" });
  expect([tab.session, tab.capture]).toEqual(["s2", "c2"]);
});

test("a tab that is opened after a reload gets a number of its own", () => {
  const kept = new Kept(drawerOf());
  const before = new Tabs(kept);
  before.openDraft({});
  before.keep();
  const after = new Tabs(kept);
  after.openDraft({});
  expect(new Set(after.all.map((tab) => tab.id)).size).toBe(2);
});

test("a view that is chosen folds away the option that stands over it", () => {
  const tab = new Tabs(new Kept(drawerOf())).openEndpoint("feed");
  tab.option = "headers";
  tab.view = "charts";
  expect(tab.option).toBe("");
  tab.option = "headers";
  tab.show(12, "wire");
  expect([tab.view, tab.option, tab.selected]).toEqual(["wire", "", 12]);
});

test("closing a tab goes to its neighbour", () => {
  const tabs = new Tabs(new Kept(drawerOf()));
  const [a, b, c] = ["a", "b", "c"].map((path) => tabs.openEndpoint(path));
  tabs.close(c as never);
  expect(tabs.current).toBe(b);
  tabs.go(a);
  tabs.close(a as never);
  expect(tabs.current).toBe(b);
  tabs.close(b as never);
  expect(tabs.current).toBeUndefined();
});

test("a tab goes along with its file, and keeps what a deleted file said", () => {
  const tabs = new Tabs(new Kept(drawerOf()));
  const moved = tabs.openEndpoint("a");
  const gone = tabs.openEndpoint("b");
  gone.draft = { origin: "https://typed" };
  const paths = new Map<string, string | null>([
    ["a", "folder/a"],
    ["b", null],
  ]);
  tabs.follow(paths, () => ({ url: "wss://b", origin: "https://saved" }));
  expect(moved.path).toBe("folder/a");
  expect(gone).toMatchObject({ path: "", title: "b" });
  expect(gone.draft).toEqual({ url: "wss://b", origin: "https://typed" });
});

test("what was kept by another page and cannot be read costs itself and nothing else", () => {
  const good = { id: "t1", path: "feed", draft: null, composer: {}, view: 7 };
  for (const tabs of [null, {}, "x", [null, 3, {}, good, good]]) {
    const text = JSON.stringify({ tabs, current: "t1" });
    const found = new Tabs(new Kept(drawerOf({ "wirescope.tabs": text })));
    expect(found.all).toHaveLength(Array.isArray(tabs) ? 1 : 0);
    const tab = found.current;
    if (tab)
      expect([tab.name, tab.draft, tab.view, tab.composer.form]).toEqual(["feed", {}, "", "json"]);
  }
});

test("numbers of events go with their capture", () => {
  const tab = new Tabs(new Kept(drawerOf())).openSession(SESSION as SessionState);
  tab.selected = 7;
  tab.cursorA = 3;
  tab.lookAt("c1");
  expect(tab.selected).toBe(7);
  tab.lookAt("c2");
  expect([tab.capture, tab.selected, tab.cursorA, tab.cursorB]).toEqual(["c2", 0, 0, 0]);
});
