import { expect, test } from "vitest";

import type { Batch, CaptureState, SessionState, State } from "../protocol/generated";
import { Captures, isUp, Sessions } from "./sessions.svelte";

const session = (id: string, phase: SessionState["phase"] = "open", endpoint = "feed") =>
  ({ id, phase, endpoint, revision: 1 }) as SessionState;

const capture = (id: string, recording: boolean, started = "2026-01-01T00:00:00Z") =>
  ({ id, recording, started }) as CaptureState;

const batch = (more: Partial<Batch>): Batch => ({
  type: "batch",
  number: 2,
  sessions: [],
  forgotten: [],
  captures: [],
  deleted: [],
  views: [],
  rates: [],
  analyses: {},
  workspace: 0,
  ...more,
});

test("the first batch of a socket tells which connections there are, a later one what changed", () => {
  const sessions = new Sessions();
  sessions.put(session("s9"));
  sessions.take(batch({ number: 1, sessions: [session("s1"), session("s2")] }));
  expect([...sessions.all.keys()]).toEqual(["s1", "s2"]);
  sessions.take(batch({ sessions: [session("s2", "closed")], forgotten: ["s1"] }));
  expect([...sessions.all.values()].map(({ id, phase }) => `${id} ${phase}`)).toEqual([
    "s2 closed",
  ]);
});

test("of several connections of an endpoint the last counts", () => {
  const sessions = new Sessions();
  sessions.take(
    batch({ sessions: [session("s1", "failed"), session("s2"), session("s3", "open", "x")] }),
  );
  expect(sessions.ofEndpoint("feed")?.id).toBe("s2");
});

test("a connection that waits for its next attempt is up, one that failed is not", () => {
  expect(isUp(session("s", "waiting"))).toBe(true);
  expect(isUp(session("s", "failed"))).toBe(false);
  expect(isUp(undefined)).toBe(false);
});

test("a capture that is no longer recorded has no rates", () => {
  const captures = new Captures();
  const rates = { capture: "c1", sent: 1, received: 2, sent_bytes: 3, received_bytes: 4 };
  captures.take(batch({ captures: [capture("c1", true)], rates: [rates] }));
  expect(captures.rates.get("c1")?.received).toBe(2);
  captures.take(batch({ captures: [capture("c1", false)] }));
  expect(captures.rates.has("c1")).toBe(false);
});

test("captures are listed the newest first, and a deleted one no longer", () => {
  const captures = new Captures();
  const old = capture("c1", false, "2026-01-01T00:00:00Z");
  const young = capture("c2", false, "2026-02-01T00:00:00Z");
  captures.take(batch({ captures: [old, young], analyses: { c1: 4 } }));
  expect(captures.newest.map(({ id }) => id)).toEqual(["c2", "c1"]);
  expect(captures.analyses.get("c1")).toBe(4);
  captures.take(batch({ deleted: ["c1"] }));
  expect([captures.of("c1"), captures.analyses.get("c1")]).toEqual([undefined, undefined]);
});

test("an answer that a batch has overtaken changes nothing", () => {
  const sessions = new Sessions();
  sessions.take(batch({ sessions: [{ ...session("s1", "open"), revision: 5 }] }));
  sessions.put({ ...session("s1", "connecting"), revision: 2 });
  expect(sessions.of("s1")?.phase).toBe("open");
  sessions.put({ ...session("s1", "closed"), revision: 6 });
  expect(sessions.of("s1")?.phase).toBe("closed");
});

test("another server counts anew, and is believed", () => {
  const sessions = new Sessions();
  sessions.put({ ...session("s1", "open"), revision: 50 });
  sessions.lose();
  sessions.put({ ...session("s1", "connecting"), revision: 1 });
  expect(sessions.of("s1")?.phase).toBe("connecting");
});

test("an answer that lists what there is undoes nothing that batches told since it was asked", () => {
  const sessions = new Sessions();
  sessions.put(session("s0"));
  sessions.ask();
  sessions.take(batch({ sessions: [session("s2")], forgotten: ["s1"] }));
  sessions.begin({ sessions: [session("s1")] } as State);
  expect([...sessions.all.keys()]).toEqual(["s2"]);
});

test("so it is with captures: what is over stays over, what is gone stays gone", () => {
  const captures = new Captures();
  captures.put(capture("c0", false));
  captures.ask();
  const rates = { capture: "c3", sent: 1, received: 2, sent_bytes: 3, received_bytes: 4 };
  captures.take(
    batch({
      captures: [capture("c1", false), capture("c3", true)],
      deleted: ["c2"],
      rates: [rates],
    }),
  );
  const answer = [capture("c1", true), capture("c2", false), capture("c4", false)];
  captures.begin({ captures: answer } as State);
  expect([...captures.all.keys()].sort()).toEqual(["c1", "c3", "c4"]);
  expect(captures.of("c1")?.recording).toBe(false);
  expect(captures.rates.has("c3")).toBe(true);
});

test("an answer that was asked for later is believed", () => {
  const captures = new Captures();
  captures.ask();
  captures.take(batch({ captures: [capture("c1", true)] }));
  captures.begin({ captures: [] as CaptureState[] } as State);
  captures.ask();
  captures.begin({ captures: [] as CaptureState[] } as State);
  expect(captures.all.size).toBe(0);
});
