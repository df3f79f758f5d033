import { describe, expect, it } from "vitest";

import type { WayServer, WaysView } from "../../protocol/generated";
import { classesOf, gaveWords, saidWords, untriedCount } from "./ways";

const SERVER: WayServer = {
  url: "stun:stun.example.test",
  transport: "udp",
  asked_ns: 1_000_000,
  first_ns: 13_000_000,
  last_ns: 13_000_000,
  addresses: [7, 9],
  errors: [],
};

const WAYS: WaysView = {
  connection: "c1",
  relay_only: false,
  servers: [SERVER],
  addresses: [
    {
      seq: 7,
      side: "local",
      words: "srflx udp 198.51.100.7:5000",
      reach: "public",
      about: "the address that a STUN server saw, public, IPv4",
    },
  ],
  tried: 1,
  untried: [
    { reason: "family", words: "One is IPv4 and the other IPv6.", count: 4, examples: [] },
    { reason: "name", words: "It leads nowhere.", count: 2, examples: [] },
  ],
  taken: [],
  losses: [],
};

describe("what a server said", () => {
  it("goes on in a line: without the full stop that it came with", () => {
    const error = { seq: 8, at_ns: 0, meaning: "", advice: "", normal: false };
    expect(saidWords({ ...error, code: 401, message: "Unauthorized." })).toBe("401 Unauthorized");
    expect(saidWords({ ...error, code: 701, message: "" })).toBe("701");
  });
});

describe("what a server gave", () => {
  it("is counted, with the time to the first", () => {
    expect(gaveWords(SERVER)).toBe("2 addresses after 12.0 ms");
    expect(gaveWords({ ...SERVER, addresses: [7], asked_ns: -1 })).toBe("1 address");
  });

  it("is nothing so far, or nothing at all once it has refused", () => {
    const silent = { ...SERVER, addresses: [] };
    const error = {
      seq: 8,
      at_ns: 0,
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

it("counts the pairs that were not tried, whatever the reason", () => {
  expect(untriedCount(WAYS)).toBe(6);
});

it("finds the class of a candidate by its event", () => {
  expect(classesOf(WAYS).get(7)).toContain("a STUN server saw");
  expect(classesOf(null).size).toBe(0);
});
