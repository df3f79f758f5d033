// What a row says: words for its cells, one sentence for a screen reader, the length of its
// deflection.

import { count, decimal, durationWith } from "../../base/format";
import { cut, visible } from "../../base/visible";
import { Flags, type Row } from "../../protocol/generated";
import type { TimelineStore } from "../../store/timeline.svelte";

export function has(row: Row, flag: keyof typeof Flags): boolean {
  return (row.flags & Flags[flag]) !== 0;
}

/** Whether a row is a ping, pong or close, drawn as a diamond. */
export function isControl(row: Row): boolean {
  return row.layer === "frame" && ["ping", "pong", "close"].includes(row.kind);
}

/** Whether a row is what the two sides tell each other of the way, drawn hollow like control frames. */
export function isSignaling(row: Row): boolean {
  return row.layer === "event" && row.direction !== "" && row.kind !== "media.track";
}

/** Events that end a connection badly, drawn as a broken line. */
export function isFailure(row: Row): boolean {
  return row.kind === "connection.failed" || row.kind === "websocket.violation";
}

/** Whether a row is an event and no traffic: it has a sentence in place of cells. */
export function isEvent(row: Row): boolean {
  return row.layer === "event";
}

/** Widths of a deflection in px: the shortest that is seen, and as far as it can go. */
const SHORTEST = 3;
const LONGEST = 41;

/** Bytes that a row is drawn by; of a data channel's message only the payload is known. */
export function sizeOf(row: Row): number {
  const size = row.wire_length || row.length;
  return row.layer === "fold" ? size / Math.max(1, row.count) : size;
}

/** How far a size deflects: each factor of ten goes 7 px further. */
export function deflection(wireLength: number): number {
  if (wireLength <= 0) return 0;
  return Math.round(Math.min(LONGEST, Math.max(SHORTEST, 7 * Math.log10(wireLength) + 2)));
}

/** Numbers of the events that a row stands for: "13", "20–58". */
export function numbers(row: Row): string {
  return row.last_seq > row.seq ? `${row.seq}–${row.last_seq}` : String(row.seq);
}

/** Kind of a message or frame, and what is out of the ordinary in its header. */
export function kindOf(row: Row): string {
  return row.kind === "continuation" ? "cont." : row.kind;
}

/** Marks of the header beside the kind. */
export function marksOf(row: Row): string[] {
  const marks: string[] = [];
  if (row.layer === "message" && row.count > 1) marks.push(`${count(row.count)} frames`);
  if (row.layer === "frame" && !isControl(row)) {
    if (!has(row, "FIN")) marks.push("FIN 0");
    else if (row.kind === "continuation") marks.push("FIN 1");
  }
  if (has(row, "COMPRESSED")) marks.push("deflated");
  else if (has(row, "RSV1") && row.layer === "frame") marks.push("RSV1");
  if (has(row, "RSV2")) marks.push("RSV2");
  if (has(row, "RSV3")) marks.push("RSV3");
  if (row.layer === "frame" && row.direction === "sent" && !has(row, "MASKED")) {
    marks.push("unmasked");
  }
  if (row.direction === "received" && has(row, "MASKED")) marks.push("masked");
  if (has(row, "UNANSWERED")) marks.push("unanswered");
  return marks;
}

/** Words for the type of an event that is no traffic. */
const EVENTS: Readonly<Record<string, string>> = {
  "connection.opening": "opening",
  "connection.phase": "step",
  "websocket.handshake": "handshake",
  "connection.reached": "reached",
  "connection.secured": "secured",
  "connection.opened": "open",
  "connection.failed": "failed",
  "websocket.violation": "illegal",
  "connection.closed": "closed",
  "capture.gap": "gap",
  "clock.jumped": "clock",
  "signaling.description": "description",
  "signaling.exchange": "HTTP",
  "ice.servers": "servers",
  "ice.candidate": "candidate",
  "ice.error": "no address",
  "ice.pair": "pair",
  "relay.allocated": "relay",
  "relay.refused": "relay",
  "relay.ended": "relay",
  "peer.state": "state",
  "data_channel.opened": "channel",
  "data_channel.closed": "channel",
  "media.track": "track",
  stats: "statistics",
  finding: "finding",
};

export function eventName(kind: string): string {
  return EVENTS[kind] ?? kind;
}

/** A row as one sentence: "13, received text, 5,160 bytes, answers 9 after 44.1 ms". */
export function sentence(row: Row): string {
  const parts = [numbers(row).replace("–", " to ")];
  if (row.layer === "event") {
    parts.push(eventName(row.kind), visible(row.text));
  } else if (row.layer === "fold") {
    parts.push(`folded, ${visible(row.text)}`);
  } else {
    const marks = marksOf(row).map((mark) => (mark === "FIN 0" ? "more follows" : mark));
    parts.push(`${row.direction} ${row.kind}`, ...marks);
    if (has(row, "ILLEGAL")) parts.push("breaks the protocol");
    if (row.channel >= 0) parts.push(`channel ${row.channel}`);
    parts.push(`${count(row.wire_length || row.length)} bytes`);
    if (row.answers > 0) parts.push(`answers ${row.answers} after ${durationWith(row.latency_ns)}`);
    if (row.text !== "") parts.push(row.is_hex ? "bytes" : visible(cut(row.text, 120)));
  }
  if (has(row, "NOTED")) parts.push("noted");
  return parts.join(", ");
}

/** An answer is drawn as slow from here on. */
export const SLOW_NS = 100e6;

/** Width of an answer's bar, in px: 30 at the slowest that is drawn to scale. */
export function latencyBar(ns: number): number {
  return Math.round(Math.min(30, Math.max(1, 10 * Math.log10(1 + ns / 1e6))));
}

/** Seconds with as many digits as tell two rows apart. */
export function timeOf(ns: number): string {
  return decimal(ns / 1e9, 4);
}

/** Something that a person typed to be looked for, as an expression of the filter language. */
export function asExpression(typed: string): string {
  const text = typed.trim();
  if (text === "" || /[=<>~!()&|]/.test(text)) return text;
  if (/^(not\s+)?(fin|rsv[123]|masked|compressed|clean)\b/.test(text)) return text;
  return `text ~* ${quoted(text)}`;
}

/** A text as a value of the filter language. */
export function quoted(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `"${escaped}"`;
}

/** Two expressions, both of which have to hold. */
export function both(one: string, other: string): string {
  if (one.trim() === "") return other;
  return other.trim() === "" ? one : `(${one}) and (${other})`;
}

/** How many rows a view has found: "12 found", "12 so far"; nothing where it cannot be read. */
export function foundIn(
  view: Pick<TimelineStore, "total" | "complete" | "problem">,
  what: "found" | "marked",
): string {
  if (view.problem !== "") return "";
  return `${count(view.total)} ${view.complete ? what : "so far"}`;
}
