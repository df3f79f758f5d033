import { beforeEach, expect, test } from "vitest";

import type { Item, SessionState, State } from "../protocol/generated";
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

test("a connection that ended with the server says so, and its capture stays", async () => {
  await app.connectTo({ url: "wss://feed" });
  const state = { workspace: app.workspace.state, sessions: [], captures: [] };
  app.begin(state as unknown as State);
  expect(app.tabs.current).toMatchObject({ session: "", capture: "c1" });
  expect(app.tabs.current?.trouble?.said).toBe("The connection ended with the workbench’s server.");
});

test("that the server is gone is said once, however much of what was asked got no answer", () => {
  const lost = { phase: "lost", attempt: 1, retryAt: 0, outdated: false } as const;
  app.fail(new Unreachable());
  expect(app.trouble?.said).toContain("does not answer");
  app.heard(lost);
  expect(app.trouble).toBeNull();
  app.fail(new Unreachable());
  expect(app.trouble).toBeNull();
});
