import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { CaptureState, Opening, SessionState } from "../protocol/generated";
import { App } from "../store/app.svelte";
import { Kept } from "../store/kept";
import type { Tab } from "../store/tabs.svelte";
import { drawerOf } from "../store/testing/drawer";
import type { Call } from "../transport/api";
import { followOpenings, isUnsettled, openingsOf } from "./openings.svelte";
import { Connections } from "./peer/connections.svelte";
import { followChannels } from "./timeline/channels.svelte";

let app: App;
let tab: Tab;
let asked: string[];
let there: Opening[];
let close: () => void;

const opening = (connection: string, ...durations: number[]) =>
  ({
    ...{ connection, transport: "webrtc" },
    steps: durations.map((duration_ns) => ({ duration_ns })),
  }) as Opening;

/** An answer is of the server's: what is in it is never the very record that was there before. */
const call = (async (name: string) => {
  asked.push(name);
  return name === "openings" ? structuredClone(there) : { connection: "c", channels: [] };
}) as unknown as Call;

function record(last_seq: number): void {
  app.captures.put({ id: "night", name: "night", recording: true, last_seq } as CaptureState);
}

/** Let a few seconds go by, in which whatever asks by itself would ask. */
async function pass(): Promise<void> {
  for (let second = 0; second < 5; second += 1) {
    flushSync();
    await vi.advanceTimersByTimeAsync(1000);
  }
}

const reads = () => asked.filter((name) => name === "openings").length;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  there = [];
  const kept = new Kept(drawerOf());
  app = new App(call, "", kept, kept, false);
  record(4);
  tab = app.openCapture(app.captures.of("night") as CaptureState);
});

afterEach(() => {
  close();
  vi.useRealTimers();
});

/** All that reads of openings on a page that shows a tab's wire. */
function show(): Connections {
  let connections: Connections | undefined;
  close = $effect.root(() => {
    followOpenings(app, () => tab);
    const openings = $derived(openingsOf(tab));
    followChannels(
      app,
      () => tab,
      () => openings.value ?? [],
    );
    const shown = (connections = new Connections(() => tab));
    $effect(() => void [shown.current, app.captures.transports.get("night")]);
  });
  return connections as unknown as Connections;
}

test("a page at rest asks once, and nothing further", async () => {
  there = [opening("c1", 5, 9)];
  const connections = show();
  await pass();
  expect(asked).toEqual(["openings", "peer"]);
  expect(connections.current).toBe("c1");
  expect(app.captures.transports.get("night")).toEqual(new Set(["webrtc"]));
});

test("a page at rest asks nothing further while nothing is known, or a step is still to be done", async () => {
  show();
  await pass();
  expect(reads()).toBe(1);
  there = [opening("c1", 5, -1)];
  record(5);
  await pass();
  expect(reads()).toBe(2);
});

test("a connection that is being made is read with its events, once a second at most", async () => {
  there = [opening("c1", -1)];
  show();
  await pass();
  for (let seq = 5; seq < 25; seq += 1) {
    record(seq);
    flushSync();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(reads()).toBeGreaterThan(1);
  expect(reads()).toBeLessThanOrEqual(4);
});

test("the events of a connection that stands ask for nothing", async () => {
  there = [opening("c1", 5)];
  show();
  await pass();
  record(40);
  await pass();
  expect(reads()).toBe(1);
});

test("a new connection is read, and again until it is among those that are known", async () => {
  there = [opening("c1", 5)];
  const connections = show();
  await pass();
  app.sessions.put({ id: "s1", capture: "night", connection: "c2" } as SessionState);
  await pass();
  expect(connections.current).toBe("c1");
  there = [opening("c1", 5), opening("c2", 5)];
  record(5);
  await pass();
  expect(connections.current).toBe("c2");
  expect(reads()).toBe(3);
});

test("an answer that says nothing new leaves what is shown as it is", async () => {
  there = [opening("c1", -1)];
  show();
  await pass();
  const before = openingsOf(tab).value;
  record(5);
  await pass();
  expect(reads()).toBe(2);
  expect(openingsOf(tab).value).toBe(before);
});

test("what is unsettled is the newest attempt, or one that is not there yet", () => {
  expect(isUnsettled([], "")).toBe(true);
  expect(isUnsettled([opening("c1", -1), opening("c2", 5)], "c2")).toBe(false);
  expect(isUnsettled([opening("c1", 5)], "c2")).toBe(true);
});
