import { expect, test } from "vitest";

import { explained, isRelayed, reliability, withPort } from "./explained";

const CANDIDATE = {
  type: "ice.candidate",
  side: "remote",
  kind: "srflx",
  address: "2001:db8::1",
  port: 50000,
  protocol: "udp",
  priority: 1694498815,
  foundation: "842163049",
  mid: "0",
  related: { address: "192.0.2.1", port: 4000 },
};

const textOf = (record: Record<string, unknown>, name: string) =>
  explained(record)?.find((one) => one.name === name)?.text;

test("each field of a candidate says what it is for", () => {
  const facts = explained(CANDIDATE) ?? [];
  expect(textOf(CANDIDATE, "Address")).toBe("[2001:db8::1]:50000");
  expect(textOf(CANDIDATE, "Related")).toBe("192.0.2.1:4000");
  expect(facts.find((one) => one.name === "Priority")?.means).toContain("100 of 126");
});

test("a name that hides an address says so", () => {
  const facts = explained({ ...CANDIDATE, address: "b1.local" }) ?? [];
  expect(facts.find((one) => one.name === "Address")?.means).toContain("hides");
});

test("a pair is relayed when either end is", () => {
  const direct = { local: "host udp 192.0.2.1:1", remote: "srflx udp 192.0.2.2:2" };
  expect(isRelayed(direct)).toBe(false);
  expect(isRelayed({ ...direct, local: "relay udp 192.0.2.3:3" })).toBe(true);
});

test("a channel says how reliable it is", () => {
  expect(reliability({ ordered: true })).toBe("ordered, reliable");
  expect(reliability({ ordered: false, max_retransmits: 0 })).toBe(
    "unordered, sent again 0 times at most",
  );
});

test("an event of another kind is left to explain itself", () => {
  expect(explained({ type: "connection.phase" })).toBeNull();
  expect(explained({ type: "constructor" })).toBeNull();
});

test("statistics keep their names", () => {
  expect(textOf({ type: "stats", object: "inbound-rtp", id: "IT0", jitter: 0.01 }, "jitter")).toBe(
    "0.01",
  );
});

test("an address of IPv4 stands before its port as it is", () => {
  expect(withPort("192.0.2.1", 9)).toBe("192.0.2.1:9");
});
