import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Batch, CaptureState, Item, SessionState, State } from "../protocol/generated";
import { type Call, Refusal, Unreachable } from "../transport/api";
import { App } from "./app.svelte";
import { Kept } from "./kept";
import { drawerOf } from "./testing/drawer";

type Answer = (rest: { body?: never; path?: never } | undefined) => unknown;

let answers: Record<string, Answer>;
let asked: { name: string; rest: unknown }[];
let app: App;

const SESSION = {
  id: "s1",
  name: "feed",
  endpoint: "",
  url: "wss://feed",
  capture: "c1",
  phase: "open",
} as SessionState;

const FEED: Item = { kind: "endpoint", path: "feed", value: { url: "wss://feed" }, digest: "1" };

/** A server that answers as a test says. */
const call = (async (name: string, rest?: object) => {
  asked.push({ name, rest });
  const answer = answers[name];
  if (answer === undefined) throw new Error(`${name} is not expected`);
  return await answer(rest as never);
}) as unknown as Call;

/** An answer that comes when the test gives it. */
function later<Value>() {
  let give: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((done) => (give = done));
  return { promise, give: (value: Value) => give(value) };
}

const OPEN = { phase: "open", attempt: 0, retryAt: 0, outdated: false } as const;
const LOST = { phase: "lost", attempt: 1, retryAt: 0, outdated: false } as const;

const capture = (id: string, name: string) =>
  ({ id, name, started: "2026-11-26T14:02:11Z", bytes: 7, last_seq: 3 }) as CaptureState;

const batch = (more: Partial<Batch>) =>
  ({
    ...{ type: "batch", number: 2, sessions: [], forgotten: [], captures: [], deleted: [] },
    ...{ views: [], rates: [], analyses: {}, workspace: 0 },
    ...more,
  }) as Batch;

const stateWith = (more: Partial<State>) =>
  ({ workspace: app.workspace.state, sessions: [], captures: [], ...more }) as unknown as State;

afterEach(() => {
  vi.useRealTimers();
});

const refuse =
  (status: number, failure: { error: string; field?: string; current?: Item }) => () => {
    throw new Refusal(status, failure);
  };

beforeEach(() => {
  asked = [];
  answers = {
    open_session: () => SESSION,
    close_session: () => ({}),
    forget_session: () => ({}),
    workspace: () => ({ ...app.workspace.state, items: [FEED] }),
  };
  const kept = new Kept(drawerOf());
  app = new App(call, "ws://here/api/live", kept, kept, false);
  app.workspace.take({ ...app.workspace.state, revision: 1, items: [FEED] });
});

test("connecting an address opens a tab that follows the connection", async () => {
  await app.connectTo({ url: "wss://feed" }, "Feed");
  const tab = app.tabs.current;
  expect([tab?.session, tab?.capture, app.page]).toEqual(["s1", "c1", "workbench"]);
  expect(asked[0]?.rest).toMatchObject({ body: { endpoint: { url: "wss://feed" }, name: "Feed" } });
});

test("an open connection is not opened twice", async () => {
  await app.connectTo({ url: "wss://feed" });
  await app.connect(app.tabs.current as never);
  expect(asked).toHaveLength(1);
});

test("a refusal stands in the tab, with the field that caused it", async () => {
  answers["open_session"] = refuse(422, { error: "The address has no host.", field: "url" });
  await app.connectTo({ url: "wss://" });
  expect(app.tabs.current?.trouble).toEqual({
    severity: "error",
    said: "The address has no host.",
    hint: "",
    field: "url",
  });
  expect(app.tabs.current?.busy).toBe("");
});

test("a connection that is not open yet is given up without a Close frame", async () => {
  answers["open_session"] = () => ({ ...SESSION, phase: "connecting" });
  await app.connectTo({ url: "wss://feed" });
  await app.disconnect(app.tabs.current as never);
  expect(asked[1]).toEqual({
    name: "close_session",
    rest: { path: { session: "s1" }, body: { drop: true } },
  });
});

test("what somebody else saved meanwhile is not written over unasked", async () => {
  const theirs = { ...FEED, value: { url: "wss://theirs" }, digest: "2" };
  answers["save_item"] = refuse(409, { error: "It has changed.", current: theirs });
  const tab = app.openEndpoint("feed");
  app.setField(tab, "url", "wss://mine");
  await app.save(tab);
  expect(tab.conflict).toEqual(theirs);
  expect(tab.draft).toEqual({ url: "wss://mine" });

  answers["save_item"] = () => theirs;
  await app.settle(tab, true);
  expect(asked.findLast(({ name }) => name === "save_item")?.rest).toMatchObject({
    body: { digest: "2", value: { url: "wss://mine" } },
  });
  expect([tab.conflict, app.isChanged(tab)]).toEqual([null, false]);
});

test("taking theirs drops mine", async () => {
  const tab = app.openEndpoint("feed");
  app.setField(tab, "url", "wss://mine");
  tab.conflict = { ...FEED, digest: "2" };
  await app.settle(tab, false);
  expect([app.isChanged(tab), app.fieldsOf(tab)["url"]]).toEqual([false, "wss://feed"]);
});

test("closing the last tab ends its connection and goes to the start", async () => {
  await app.connectTo({ url: "wss://feed" });
  await app.closeTab(app.tabs.current as never);
  expect(asked.at(-1)).toMatchObject({ name: "forget_session" });
  expect([app.page, app.sessions.all.size]).toEqual(["start", 0]);
});

test("a tab that was closed with what was typed in it can be had back", async () => {
  const tab = app.openEndpoint("feed");
  app.openDraft({ url: "wss://other" });
  app.setField(tab, "url", "wss://mine");
  await app.closeTab(tab);
  app.reopenTab();
  expect([app.tabs.all[0], app.tabs.current, app.closed]).toEqual([tab, tab, null]);
  expect([tab.path, app.fieldsOf(tab)["url"]]).toEqual(["feed", "wss://mine"]);
});

test("a tab that is had back beside one of the same file is not saved over it", async () => {
  const tab = app.openEndpoint("feed");
  app.setField(tab, "url", "wss://mine");
  await app.closeTab(tab);
  app.openEndpoint("feed");
  app.reopenTab();
  expect([tab.path, tab.name, app.fieldsOf(tab)["url"]]).toEqual(["", "feed", "wss://mine"]);
});

test("a tab in which nothing was typed is closed without a word", async () => {
  await app.closeTab(app.openDraft({}));
  await app.closeTab(app.openEndpoint("feed"));
  expect(app.closed).toBeNull();
});

test("a pasted command becomes the endpoint that the server reads in it", async () => {
  answers["import_text"] = () => ({ format: "curl", items: [FEED], notes: ["-k was left out."] });
  expect(await app.readAddress("curl wss://feed -k")).toEqual({
    fields: { url: "wss://feed" },
    notes: ["-k was left out."],
  });
});

test("what was typed is there for the next page", () => {
  const drawer = drawerOf();
  const first = new App(call, "", new Kept(drawer), new Kept(drawer), false);
  first.startDraft = "wss://half";
  first.openDraft({ url: "wss://other" });
  first.keep();
  const second = new App(call, "", new Kept(drawer), new Kept(drawer), false);
  expect(second.startDraft).toBe("wss://half");
  expect(second.tabs.current?.draft).toEqual({ url: "wss://other" });
  expect(second.page).toBe("workbench");
});

test("a draft is saved and connected with after a reload as it was before", async () => {
  const credential = (text: string) => ({ auth: { kind: "bearer", token: text } });
  const value = { url: "wss://feed", ...credential("literal") };
  const workspace = { ...app.workspace.state, revision: 2, items: [{ ...FEED, value }] };
  const drawer = drawerOf();
  const pageOf = () => new App(call, "", new Kept(drawer), new Kept(drawer), false);
  const first = pageOf();
  first.begin(stateWith({ workspace }));
  const auth = { kind: "bearer", token: "literal", prefix: "Token" };
  first.setField(first.openEndpoint("feed"), "auth", auth);
  first.keep();
  expect(drawer.getItem("wirescope.tabs")).not.toContain("literal");
  const second = pageOf();
  second.begin(stateWith({ workspace }));
  expect(second.fieldsOf(second.tabs.current as never)["auth"]).toEqual(auth);
});

test("a connection that ended with the server says so, and its capture stays", async () => {
  await app.connectTo({ url: "wss://feed" });
  app.begin(stateWith({}));
  expect(app.tabs.current).toMatchObject({ session: "", capture: "c1" });
  expect(app.tabs.current?.trouble?.said).toBe("The connection ended with the workbench’s server.");
});

test("that the server is gone is said once, however much of what was asked got no answer", () => {
  app.fail(new Unreachable());
  expect(app.trouble?.said).toContain("does not answer");
  app.heard(LOST);
  expect(app.trouble).toBeNull();
  app.fail(new Unreachable());
  expect(app.trouble).toBeNull();
});

test("what is typed while an endpoint is written stays a change of it", async () => {
  const written = later<Item>();
  answers["save_item"] = () => written.promise;
  const tab = app.openEndpoint("feed");
  app.setField(tab, "url", "wss://mine");
  const saving = app.save(tab);
  app.setFields(tab, { url: "wss://mine/v2", strict: true });
  written.give({ ...FEED, value: { url: "wss://mine" }, digest: "2" });
  await saving;
  expect([tab.draft, tab.base]).toEqual([{ url: "wss://mine/v2", strict: true }, "2"]);
});

test("an endpoint that is being written is not written a second time", async () => {
  const written = later<Item>();
  answers["save_item"] = () => written.promise;
  const tab = app.openEndpoint("feed");
  app.setField(tab, "url", "wss://mine");
  const saving = Promise.all([app.save(tab), app.save(tab)]);
  written.give({ ...FEED, digest: "2" });
  await saving;
  expect(asked.filter(({ name }) => name === "save_item")).toHaveLength(1);
});

test("a connection whose tab was closed while it was opened ends", async () => {
  const opened = later<SessionState>();
  answers["open_session"] = () => opened.promise;
  const connecting = app.connectTo({ url: "wss://feed" });
  await app.closeTab(app.tabs.current as never);
  opened.give(SESSION);
  await connecting;
  expect(asked.at(-1)).toEqual({ name: "forget_session", rest: { path: { session: "s1" } } });
  expect(app.sessions.all.size).toBe(0);
});

test("an answer to the question of a socket that is lost is void", async () => {
  const [first, second] = [later<State>(), later<State>()];
  const given = [first, later<State>(), second]; // between them it asks why the socket is lost
  answers["state"] = () => given.shift()?.promise ?? stateWith({});
  app.heard(OPEN);
  app.heard(LOST);
  app.heard(OPEN);
  second.give(stateWith({ captures: [capture("new", "new")] }));
  await vi.waitUntil(() => app.state !== null);
  first.give(stateWith({ captures: [capture("old", "old")] }));
  await Promise.resolve();
  expect([...app.captures.all.keys()]).toEqual(["new"]);
});

test("what the server could not say is asked for again, and then the trouble is over", async () => {
  vi.useFakeTimers();
  answers["state"] = refuse(500, { error: "The folder cannot be read." });
  app.heard(OPEN);
  await vi.advanceTimersByTimeAsync(0);
  expect(app.trouble?.said).toBe("The folder cannot be read.");
  answers["state"] = () => stateWith({});
  await vi.advanceTimersByTimeAsync(5000);
  expect([app.state !== null, app.trouble]).toEqual([true, null]);
});

test("a tab goes along with a capture that gets another name, here or elsewhere", async () => {
  app.captures.put(capture("night", "night"));
  const tab = app.openCapture(capture("night", "night"));
  answers["rename_capture"] = () => capture("dawn", "dawn");
  await app.renameCapture(capture("night", "night"), "dawn");
  expect([tab.capture, tab.name, [...app.captures.all.keys()]]).toEqual(["dawn", "dawn", ["dawn"]]);
  expect(app.workspace.said).toBe("Renamed night to dawn.");
  app.take(batch({ deleted: ["dawn"], captures: [capture("noon", "noon")] }));
  expect([tab.capture, tab.name]).toEqual(["noon", "noon"]);
});

test("the tab of a connection goes along with its capture, and not to one of another server", async () => {
  await app.connectTo({ url: "wss://feed" });
  const tab = app.tabs.current;
  app.take(batch({ sessions: [{ ...SESSION, capture: "c2" }] }));
  expect(tab?.capture).toBe("c2");
  app.heard({ ...LOST });
  app.take(batch({ number: 1, sessions: [{ ...SESSION, capture: "c9" }] }));
  expect(tab?.capture).toBe("c2");
});

test("a tab of a file that is not there keeps what was typed, or what it recorded, or is closed", () => {
  const typed = app.openEndpoint("gone/typed");
  app.setField(typed, "strict", true);
  const recorded = app.openEndpoint("gone/recorded");
  recorded.capture = "c1";
  app.openEndpoint("gone/nothing");
  app.openEndpoint("gone/message").composer = { form: "text", body: "half a mess" };
  const there = app.openEndpoint("feed");
  app.begin(stateWith({ captures: [capture("c1", "night")] }));
  expect(app.tabs.all.map((tab) => `${tab.path} ${tab.name}`)).toEqual([
    " typed",
    " recorded",
    " message",
    "feed feed",
  ]);
  expect([typed.isCapture, typed.draft]).toEqual([false, { url: "", strict: true }]);
  expect([recorded.isCapture, app.tabs.current]).toEqual([true, there]);
});

test("a page whose only tab is of a file that is not there begins at the start", () => {
  app.openEndpoint("gone");
  app.begin(stateWith({}));
  expect([app.page, app.tabs.all]).toEqual(["start", []]);
});

test("a capture that is deleted is gone from the list, and an undo is offered", async () => {
  app.captures.put(capture("night", "night"));
  answers["delete_capture"] = () => null;
  answers["workspace"] = () => ({
    ...app.workspace.state,
    revision: 9,
    can_undo: "Delete night",
  });
  await app.deleteCapture(capture("night", "night"));
  expect([app.captures.all.size, app.workspace.said, app.workspace.canUndoSaid]).toEqual([
    0,
    "Deleted night.",
    true,
  ]);
});

test("a trouble of something else stays when the server can say again what there is", async () => {
  vi.useFakeTimers();
  app.heard(LOST);
  const trouble = { severity: "error", said: "It was not sent.", hint: "" } as const;
  app.trouble = trouble;
  answers["state"] = () => {
    throw new Unreachable();
  };
  app.heard({ ...OPEN, attempt: 1 });
  await vi.advanceTimersByTimeAsync(0);
  answers["state"] = () => stateWith({});
  await vi.advanceTimersByTimeAsync(5000);
  expect([app.state !== null, app.trouble]).toEqual([true, trouble]);
});

const offering = (id: string) => {
  const session = { ...SESSION, id, peer: { code: { kind: "offer", waiting: true } } };
  app.sessions.put(session as SessionState);
  return app.tabs.openSession(session as SessionState);
};

const ANSWER = "webrtc:1.AQAAabcd";

test("an answer goes to the offer that waits for one, wherever it is pasted", () => {
  const tab = offering("s1");
  app.openEndpoint("feed");
  expect([app.takeAnswer(ANSWER), tab.answer, app.tabs.current]).toEqual([true, ANSWER, tab]);
});

test("among several offers an answer goes to the one that is shown, and never to a guess", () => {
  const [one, other] = [offering("s1"), offering("s2")];
  app.go("workbench");
  app.tabs.go(one);
  expect([app.takeAnswer(ANSWER), one.answer, other.answer]).toEqual([true, ANSWER, ""]);
  one.answer = "";
  app.go("start");
  expect(() => app.takeAnswer(ANSWER)).toThrow("2 connections wait for an answer.");
  app.openEndpoint("feed");
  expect(() => app.takeAnswer(ANSWER)).toThrow("paste it there");
  expect([one.answer, other.answer]).toEqual(["", ""]);
});
