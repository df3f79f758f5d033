// The ways of a connection in words and numbers.

import { counted, durationWith } from "../../base/format";
import type { WayError, WayServer, WaysView } from "../../protocol/generated";

/** What a server gave, and when: "2 addresses after 12 ms". */
export function gaveWords(server: WayServer): string {
  if (server.addresses.length === 0) {
    return server.errors.length > 0 ? "no address" : "nothing so far";
  }
  const gave = counted(server.addresses.length, "address", "addresses");
  if (server.asked_ns < 0 || server.first_ns < 0) return gave;
  return `${gave} after ${durationWith(server.first_ns - server.asked_ns)}`;
}

/** What a server said when it gave no address: "401 Unauthorized". */
export function saidWords(error: WayError): string {
  return `${String(error.code)} ${error.message}`.replace(/[. ]+$/, "");
}

/** How many pairs were not tried. */
export function untriedCount(ways: WaysView): number {
  return ways.untried.reduce((sum, group) => sum + group.count, 0);
}

/** The class of each candidate in words, by the number of its event. */
export function classesOf(ways: WaysView | null): ReadonlyMap<number, string> {
  return new Map(ways?.addresses.map((one) => [one.seq, one.about]));
}
