import { expect, test } from "vitest";

import type { Ladder, PeerMove, PeerPair, PeerView, Rung } from "../../protocol/generated";
import { momentsOf, selectedOf, standingOf, wayOf } from "./story";

const move = (
  seq: number,
  ms: number,
  machine: PeerMove["machine"],
  before: string,
  after: string,
) => ({
  ...{ seq, at_ns: ms * 1e6, machine, before, after },
});

const PAIR: PeerPair = {
  seq: 9,
  first_seq: 7,
  at_ns: 5e6,
  local: "host udp 127.0.0.1:1",
  remote: "host udp 127.0.0.1:2",
  state: "succeeded",
  nominated: true,
  selected: true,
};

const VIEW: PeerView = {
  connection: "c1",
  url: "webrtc:",
  ladders: [],
  states: {} as PeerView["states"],
  descriptions: [],
  exchanges: [],
  candidates: [],
  pairs: [],
  moves: [],
  ice_errors: [],
  channels: [],
  tracks: [],
  dtls_version: "",
  dtls_cipher: "",
  srtp_cipher: "",
  left_out: 0,
  last_seq: 0,
};

const states = (of: Partial<Record<string, string>>) => of as PeerView["states"];

test("each moment says where every machine is, and which of them moved", () => {
  const moments = momentsOf([
    move(2, 1, "signaling", "stable", "have-local-offer"),
    move(3, 1, "gathering", "new", "gathering"),
    move(8, 40, "ice", "new", "checking"),
  ]);
  expect(moments).toHaveLength(2);
  expect(moments[0]?.cells.ice).toEqual({ state: "new", moved: false, seq: 0 });
  expect(moments[1]?.cells.ice).toEqual({ state: "checking", moved: true, seq: 8 });
  expect(moments[1]?.cells.gathering.moved).toBe(false);
  expect(moments[1]?.cells.gathering.state).toBe("gathering");
});

test("a machine that moves twice at once has two rows", () => {
  const moments = momentsOf([
    move(2, 1, "ice", "new", "checking"),
    move(3, 1, "ice", "checking", "connected"),
  ]);
  expect(moments.map((one) => one.cells.ice.state)).toEqual(["checking", "connected"]);
});

test("a machine that never moves is not said to be anywhere", () => {
  expect(momentsOf([move(2, 1, "ice", "new", "checking")])[0]?.cells.sctp.state).toBe("");
});

test("the selected pair says which way data takes", () => {
  expect(selectedOf([PAIR, { ...PAIR, selected: false }])).toBe(PAIR);
  expect(wayOf(PAIR)).toBe("Directly over UDP, from 127.0.0.1:1 (host) to 127.0.0.1:2 (host).");
  expect(wayOf({ ...PAIR, remote: "relay udp 192.0.2.1:5" })).toContain("Through a relay");
});

const rung = (name: Rung["name"], title: string, state: Rung["state"], words: string): Rung => ({
  ...{ name, title, state, words, began_ns: 0, took_ns: null, at_most: false, evidence: [] },
});

const LADDER: Ladder = {
  connection: "c1",
  attempt: 1,
  state: "climbing",
  began_ns: 0,
  took_ns: null,
  rungs: [
    rung("answer", "Answer", "running", "The other side's answer is waited for."),
    rung("gathering", "Gathering", "running", "No address was found yet."),
    rung("media", "First media", "waiting", ""),
  ],
  failing: null,
  happened: "",
  advice: "",
};

test("a connection that is made says what is waited for", () => {
  const standing = standingOf({ ...VIEW, ladders: [LADDER] });
  expect(standing).toMatchObject({ severity: "advice", title: "Not connected yet" });
  expect(standing.text).toBe("The other side's answer is waited for.");
});

test("a connection that stuck names the rung", () => {
  const stuck: Ladder = { ...LADDER, state: "failed", failing: "answer" };
  expect(standingOf({ ...VIEW, ladders: [stuck] })).toMatchObject({
    severity: "error",
    title: "Not connected: stuck at answer",
  });
  const again = { ...stuck, attempt: 2 };
  expect(standingOf({ ...VIEW, ladders: [LADDER, again] }).title).toContain("again");
});

test("a connection that stands and carries nothing says so", () => {
  const stuck: Ladder = { ...LADDER, state: "stands", failing: "media" };
  const view = { ...VIEW, states: states({ connection: "connected" }), ladders: [stuck] };
  expect(standingOf(view)).toMatchObject({
    severity: "warning",
    title: "Connected, but stuck at first media",
  });
});

test("a connection that stands says which way it takes", () => {
  const view = { ...VIEW, states: states({ connection: "connected" }), pairs: [PAIR] };
  expect(standingOf(view)).toMatchObject({ severity: "pass", title: "Connected" });
  expect(standingOf(view).text).toContain("Directly over UDP");
});
