import { expect, test } from "vitest";

import { blamesIn } from "./edited.svelte";
import { differences } from "./differences";
import { concerns, endpointOf, moved, valueAt, withValueAt } from "./model";
import { compressionNote, heartbeatNote, networkNote, queryNote, tlsNote } from "./notes";
import type { Analysis, SessionState } from "../../protocol/generated";

test("fields that are missing are as a new endpoint has them, nested ones too", () => {
  const endpoint = endpointOf({ url: "ws://h", tls: { insecure: true } });
  expect(endpoint.tls).toMatchObject({ insecure: true, ca: null });
  expect(endpoint.network.retry).toEqual({ attempts: 0, delay_s: 1 });
});

test("a value is set at a path and everything beside it stays", () => {
  const before = { network: { proxy: "", retry: { attempts: 1, delay_s: 2 } } };
  const after = withValueAt(before, "network.retry.attempts", 5);
  expect(after).toEqual({ network: { proxy: "", retry: { attempts: 5, delay_s: 2 } } });
  expect(valueAt(before, "network.retry.attempts")).toBe(1);
});

test("a blamed place lies in its field and in no other that begins alike", () => {
  expect(concerns("headers[2].value", "headers[2]")).toBe(true);
  expect(concerns("tls.insecure", "tls")).toBe(true);
  expect(concerns("headers[21].value", "headers[2]")).toBe(false);
  expect(concerns("tls.key_password", "tls.key")).toBe(false);
});

test("an item is moved no further than the ends", () => {
  expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], 2, 1)).toEqual(["a", "b", "c"]);
});

test("errors that a change would cure blame the fields that it changes", () => {
  const analysis = {
    findings: [
      { severity: "error", title: "Origin refused", change: { origin: null } },
      { severity: "error", title: "Too slow", change: { network: { retry: { attempts: 5 } } } },
      { severity: "warning", title: "Large", change: { compression: { offer: true } } },
      { severity: "error", title: "Theirs", change: null },
    ],
  } as unknown as Analysis;
  expect(blamesIn(analysis)).toEqual([
    { field: "origin", said: "Origin refused." },
    { field: "network.retry.attempts", said: "Too slow." },
  ]);
});

test("two versions differ only where they say something else", () => {
  const mine = {
    url: "a",
    tls: { insecure: true, ca: null },
    headers: [{ name: "A", value: "1" }],
  };
  const theirs = {
    url: "a",
    tls: { insecure: false, ca: null },
    headers: [{ name: "A", value: "2" }],
  };
  expect(differences(mine, theirs)).toEqual([
    { field: "tls.insecure", mine: "true", theirs: "false" },
    { field: "headers[0].value", mine: "1", theirs: "2" },
  ]);
});

test("an entry that only one version has is named as a whole", () => {
  expect(differences({ query: [] }, { query: [{ name: "a" }] })).toEqual([
    { field: "query[0]", mine: "not there", theirs: '{"name":"a"}' },
  ]);
});

test("the notes of the options say what is set", () => {
  const endpoint = endpointOf({
    url: "ws://h/?a=1",
    query: [{ name: "b", value: "2", enabled: false }],
    heartbeat: { interval_s: 20, auto_pong: false },
    network: { proxy: "", ip: 6 },
  });
  expect(queryNote(endpoint)).toBe("1");
  expect(heartbeatNote(endpoint)).toBe("20 s, no pongs");
  expect(networkNote(endpoint)).toBe("direct, IPv6");
  expect(tlsNote(endpoint)).toBe("not used");
  expect(tlsNote(endpointOf({ url: "wss://h", tls: { insecure: true } }))).toBe("insecure");
});

test("compression is offered until an open connection says what came of it", () => {
  const endpoint = endpointOf({ url: "ws://h" });
  const open = { phase: "open", extensions: [] as string[] } as unknown as SessionState;
  expect(compressionNote(endpoint)).toBe("offered");
  expect(compressionNote(endpoint, open)).toBe("declined");
  expect(compressionNote(endpoint, { ...open, extensions: ["permessage-deflate"] })).toBe("agreed");
});
