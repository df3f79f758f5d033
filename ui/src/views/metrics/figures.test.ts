import { describe, expect, it } from "vitest";

import { figureSets } from "./figures";

const spread = { count: 3, p50: 1.5, p90: 2, p95: 2, p99: 2, p999: null, max: 12.25 };
const flow = {
  messages: 3,
  bytes: 1200,
  wire_bytes: 1210,
  per_second: { messages: 0.5, busiest_messages: 2 },
  sizes: { p50: 400, p90: 400, p95: 400, p99: 400, p999: 400, max: 400 },
  gaps_ms: spread,
  compression: null,
  stalls: { count: 0, first: [] },
};
const connection = {
  sent: flow,
  received: flow,
  longest_silence_ms: 1310,
  pings: {
    sent: 2,
    received: 0,
    unanswered: 1,
    period_ms: { sent: 20000 },
    round_trips_ms: spread,
  },
  requests: {
    protocol: "json-rpc",
    inferred: false,
    sent: {
      requests: 2,
      answered: 1,
      unanswered: 1,
      unmatched: 0,
      latency_ms: spread,
      unanswered_events: [7],
      slowest: [],
    },
    received: { requests: 0, unmatched: 0 },
  },
  heartbeats: [],
  sampled: { passed_over: 0 },
};

describe("figures", () => {
  it("are one table where there is one connection", () => {
    const sets = figureSets({ connections: { c1: connection }, overall: {} });
    expect(sets.map((set) => set.name)).toEqual(["Connection c1"]);
    expect(sets[0]?.counts[0]).toMatchObject({
      messages: "3",
      bytes: "1,200",
      rate: "0.5",
      ratio: "–",
    });
  });

  it("put all together first where there are several", () => {
    const overall = { sent: flow, received: flow, latencies_ms: { sent: spread } };
    const sets = figureSets({ connections: { c1: connection, c2: connection }, overall });
    expect(sets.map((set) => set.connection)).toEqual(["", "c1", "c2"]);
    expect(sets[0]?.spreads.at(-1)).toMatchObject({ label: "answered in, ms", direction: "sent" });
  });

  it("say what has no value with a dash and keep the digits that a clock has", () => {
    const [set] = figureSets({ connections: { c1: connection } });
    const gaps = set?.spreads.find((row) => row.label === "gap, ms");
    expect(gaps?.cells).toEqual(["1.50", "2.00", "2.00", "2.00", "–", "12.3"]);
  });

  it("link the requests that wait", () => {
    const [set] = figureSets({ connections: { c1: connection } });
    const said = set?.sentences.find((one) => one.text.startsWith("Requests sent"));
    expect(said?.text).toBe("Requests sent (json-rpc): 1 answered, 1 unanswered, 0 unmatched.");
    expect(said?.events).toEqual([7]);
  });

  it("leave out connections without traffic, and bear an empty analysis", () => {
    expect(figureSets({})).toEqual([]);
    expect(figureSets({ connections: { c1: {} }, overall: {} })).toEqual([]);
  });
});
