// The connect ladder as rows: where each bar is, what stands beside it, and the whole in a line.

import { durationWith } from "../../base/format";
import type { Ladder, Rung } from "../../protocol/generated";

/** A rung's bar, in hundredths of the width; null where there is nothing to draw. */
export interface Span {
  start: number;
  length: number;
  /** Whether it runs on beyond the edge. */
  cut: boolean;
}

/** What comes after the connection stands may come so much later that it runs out of the picture. */
const STRETCH = 1.6;
const AFTER = new Set(["sctp", "channel", "media"]);

const WORDS: Readonly<Record<Rung["state"], string>> = {
  waiting: "waits",
  running: "goes on",
  done: "done",
  failed: "failed",
  "not-needed": "not needed",
};

/** Whether nothing of a try will change any more. */
export function isOver(ladder: Ladder): boolean {
  return ladder.state === "failed" || ladder.state === "ended";
}

/** A rung's state in a word. */
export function stateOf(rung: Rung, ladder: Ladder): string {
  if (rung.state !== "waiting" || !isOver(ladder)) return WORDS[rung.state];
  return rung.began_ns === null ? "not reached" : "not done";
}

/** How long a rung took, or has taken by now; empty where that is not known. */
export function figureOf(rung: Rung, nowNs: number): string {
  if (rung.state === "running" && rung.began_ns !== null) {
    return durationWith(Math.max(0, nowNs - rung.began_ns));
  }
  if (rung.took_ns === null) return "";
  return `${rung.at_most ? "≤ " : ""}${durationWith(rung.took_ns)}`;
}

function endOf(rung: Rung, nowNs: number): number {
  if (rung.began_ns === null) return -Infinity;
  if (rung.state === "running") return Math.max(nowNs, rung.began_ns);
  return rung.took_ns === null ? -Infinity : rung.began_ns + rung.took_ns;
}

/** Place the rungs on one clock; `nowNs` is the capture's time, to which one that goes on grows. */
export function spansOf(ladder: Ladder, nowNs: number): (Span | null)[] {
  const timed = ladder.rungs.filter((rung) => Number.isFinite(endOf(rung, nowNs)));
  if (timed.length === 0) return ladder.rungs.map(() => null);
  const from = Math.min(...timed.map((rung) => rung.began_ns ?? Infinity));
  const ends = (rungs: readonly Rung[]) => Math.max(...rungs.map((rung) => endOf(rung, nowNs)));
  const before = timed.filter((rung) => !AFTER.has(rung.name));
  const all = ends(timed);
  const stood = before.length === 0 ? all : ends(before);
  const to = Math.max(from + 1, Math.min(all, from + (stood - from) * STRETCH || all));
  const place = (ns: number) => Math.max(0, Math.min(100, ((ns - from) / (to - from)) * 100));
  return ladder.rungs.map((rung) => {
    const end = endOf(rung, nowNs);
    if (rung.began_ns === null || !Number.isFinite(end)) return null;
    const start = place(rung.began_ns);
    return { start, length: place(end) - start, cut: end > to };
  });
}

/** The title of the rung on which it stuck; empty for none. */
export function stuckAt(ladder: Ladder): string {
  return ladder.rungs.find((rung) => rung.name === ladder.failing)?.title ?? "";
}

/** How a try came out, in a few words. */
export function outcomeOf(ladder: Ladder): string {
  if (ladder.failing !== null) return `stuck at ${named(stuckAt(ladder))}`;
  if (ladder.took_ns !== null) return `${durationWith(ladder.took_ns)} to the open connection`;
  return "";
}

/** A title within a sentence: "first answer", but "DTLS". */
export function named(title: string): string {
  return title === title.toUpperCase() ? title : title.charAt(0).toLowerCase() + title.slice(1);
}

/** What a try is called among others. */
export function tryName(ladder: Ladder): string {
  return ladder.attempt === 1 ? "First try" : `Restart ${ladder.attempt - 1}`;
}
