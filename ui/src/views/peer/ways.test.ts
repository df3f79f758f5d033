import { describe, expect, it } from "vitest";

import type { WayServer, Ways } from "../../protocol/generated";
import { classesOf, gaveWords, pairWords, saidWords, untriedWords } from "./ways";

const SERVER: WayServer = {
  url: "stun:stun.example.test",
  transport: "udp",
  asked_ms: 1,
  first_candidate_ms: 12,
  last_candidate_ms: 12,
  candidates: 2,
  valid_s: null,
  errors: [],
};

const WAYS: Ways = {
  relay_only: false,
  servers: [SERVER],
  gathering: [],
  candidates: [
    {
      side: "local",
      kind: "srflx",
      protocol: "udp",
      address: "198.51.100.7",
      port: 5000,
      family: 4,
      reach: "public",
      over: null,
      tcp_type: null,
      server: "stun:stun.example.test",
      relayed_over: null,
      about: "the address that a STUN server saw, public, IPv4",
      event: 7,
    },
  ],
  pairs: [],
  untried: { count: 0, at_least: false, reasons: [], first: [] },
  selected: [],
  losses: [],
  left_out: 0,
};

describe("what a server said", () => {
  it("goes on in a line: without the full stop that it came with", () => {
    const error = { event: 8, at_ms: 0, meaning: "", advice: "", normal: false };
    expect(saidWords({ ...error, code: 401, message: "Unauthorized." })).toBe("401 Unauthorized");
    expect(saidWords({ ...error, code: 701, message: "" })).toBe("701");
  });
});

describe("what a server gave", () => {
  it("is counted, with the time to the first", () => {
    expect(gaveWords(SERVER)).toBe("2 addresses after 12.0 ms");
    expect(gaveWords({ ...SERVER, candidates: 1, first_candidate_ms: null })).toBe("1 address");
  });

  it("is nothing so far, or nothing at all once it has refused", () => {
    const silent = { ...SERVER, candidates: 0, first_candidate_ms: null };
    const error = {
      event: 8,
      at_ms: 0,
      code: 401,
      message: "Unauthorized",
      meaning: "",
      advice: "",
      normal: false,
    };
    expect(gaveWords(silent)).toBe("nothing so far");
    expect(gaveWords({ ...silent, errors: [error] })).toBe("no address");
  });
});

it("says a pair that was not tried, or what there is of it", () => {
  const [local, remote] = ["host udp 192.0.2.1:5000", "host udp 192.0.2.9:5000"];
  const pair = { local, remote, reason: "unseen", words: "It is not seen.", events: [1, 2] };
  expect(pairWords(pair)).toBe(`${local} to ${remote}`);
  expect(pairWords({ ...pair, local: null })).toBe(remote);
});

it("says how many pairs were not tried, and whether there are more", () => {
  expect(untriedWords({ ...WAYS.untried, count: 1 })).toBe("1 pair");
  expect(untriedWords({ ...WAYS.untried, count: 1000, at_least: true })).toBe(
    "at least 1,000 pairs",
  );
});

it("finds the class of a candidate by its event", () => {
  expect(classesOf(WAYS).get(7)).toContain("a STUN server saw");
  expect(classesOf(null).size).toBe(0);
});
