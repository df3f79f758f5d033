// The ways of a connection in words and numbers.

import { counted, durationWith } from "../../base/format";
import type {
  WayError,
  WayServer,
  Ways,
  WaysUntried,
  WayUntriedPair,
} from "../../protocol/generated";

/** What a server gave, and when: "2 addresses after 12 ms". */
export function gaveWords(server: WayServer): string {
  if (server.candidates === 0) {
    return server.errors.length > 0 ? "no address" : "nothing so far";
  }
  const gave = counted(server.candidates, "address", "addresses");
  if (server.first_candidate_ms === null) return gave;
  return `${gave} after ${durationWith(nanoseconds(server.first_candidate_ms))}`;
}

/** A time of the figures as the formats of the page take it. */
export function nanoseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1e6);
}

/** A pair, or what there is of it: "host udp 192.0.2.1:5000 to host udp 192.0.2.2:5000". */
export function pairWords(pair: WayUntriedPair): string {
  return [pair.local, pair.remote].filter(Boolean).join(" to ");
}

/** What a server said when it gave no address: "401 Unauthorized". */
export function saidWords(error: WayError): string {
  return `${String(error.code)} ${error.message}`.replace(/[. ]+$/, "");
}

/** How many pairs were not tried: "12 pairs", "at least 1,000 pairs". */
export function untriedWords(untried: WaysUntried): string {
  return `${untried.at_least ? "at least " : ""}${counted(untried.count, "pair")}`;
}

/** The class of each candidate in words, by the number of its event. */
export function classesOf(ways: Ways | null): ReadonlyMap<number, string> {
  return new Map(ways?.candidates.map((one) => [one.event, one.about]));
}
