import { expect, test } from "vitest";

import type { PeerMove, PeerPair, PeerView } from "../../protocol/generated";
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

test("an offer without an answer says what is waited for", () => {
  const offer = { seq: 2, at_ns: 0, side: "local", kind: "offer", sdp: "v=0" } as const;
  expect(standingOf({ ...VIEW, descriptions: [offer] }).text).toContain("answer is to come");
});

test("a failure says what was missing", () => {
  const failed = { ...VIEW, states: states({ connection: "failed" }) };
  expect(standingOf(failed).text).toContain("told no address");
  const dtls = { ...VIEW, states: states({ connection: "failed", dtls: "failed" }) };
  expect(standingOf(dtls).text).toContain("DTLS failed");
});

test("a connection that stands says which way it takes", () => {
  const view = { ...VIEW, states: states({ connection: "connected" }), pairs: [PAIR] };
  expect(standingOf(view)).toMatchObject({ severity: "pass", title: "Connected" });
  expect(standingOf(view).text).toContain("Directly over UDP");
});
