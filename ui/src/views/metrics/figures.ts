// The figures of an analysis as tables: what docs/reference/metrics.md says of each connection, and of
// all together. The server gives them as they are in JSON; nothing here computes a figure anew.

import { count, decimal, durationWith } from "../../base/format";

type Figures = Readonly<Record<string, unknown>>;
export type Direction = "sent" | "received";

/** A connection, or all of them. */
export interface FigureSet {
  /** `c1`, or empty for all. */
  connection: string;
  name: string;
  counts: CountRow[];
  spreads: SpreadRow[];
  sentences: FigureSentence[];
}

export interface CountRow {
  direction: Direction;
  messages: string;
  bytes: string;
  wire: string;
  rate: string;
  busiest: string;
  ratio: string;
}

/** Percentiles of one measure, in the unit that the label names. */
export interface SpreadRow {
  label: string;
  direction: Direction | "";
  count: string;
  cells: string[];
}

/** A sentence, and the events that it speaks of. */
export interface FigureSentence {
  text: string;
  events: number[];
}

/** Heads of the percentiles. */
export const SHARES = ["p50", "p90", "p95", "p99", "p999", "max"] as const;
export const SHARE_NAMES = ["p50", "p90", "p95", "p99", "p99.9", "longest"] as const;

const DIRECTIONS = ["sent", "received"] as const;
const MOST = 20;

const record = (value: unknown): Figures =>
  typeof value === "object" && value !== null ? (value as Figures) : {};
const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
const numbers = (value: unknown): number[] =>
  Array.isArray(value) ? value.filter((one): one is number => typeof one === "number") : [];

/** The tables of an analysis: all together where there are several connections, then each. */
export function figureSets(metrics: Figures): FigureSet[] {
  const connections = Object.entries(record(metrics["connections"]));
  const busy = connections.filter(([, one]) => hasTraffic(record(one)));
  const sets = busy
    .slice(0, MOST)
    .map(([name, one]) => setOf(name, `Connection ${name}`, record(one)));
  if (connections.length > 1 && busy.length > 0) {
    sets.unshift(
      setOf("", `All ${count(connections.length)} connections`, record(metrics["overall"])),
    );
  }
  return sets;
}

function hasTraffic(figures: Figures): boolean {
  const messages = DIRECTIONS.some((way) => (number(record(figures[way])["messages"]) ?? 0) > 0);
  const pings = record(figures["pings"]);
  return messages || Boolean(number(pings["sent"])) || Boolean(number(pings["received"]));
}

function setOf(connection: string, name: string, figures: Figures): FigureSet {
  return {
    connection,
    name,
    counts: DIRECTIONS.map((way) => countsOf(way, record(figures[way]))),
    spreads: spreadsOf(figures),
    sentences: connection === "" ? [] : sentencesOf(figures),
  };
}

function countsOf(direction: Direction, flow: Figures): CountRow {
  const rates = record(flow["per_second"]);
  const ratio = number(record(flow["compression"])["ratio"]);
  const whole = (value: unknown) => {
    const found = number(value);
    return found === null ? "–" : count(found);
  };
  const mean = number(rates["messages"]);
  return {
    direction,
    messages: whole(flow["messages"]),
    bytes: whole(flow["bytes"]),
    wire: whole(flow["wire_bytes"]),
    rate: mean === null ? "–" : decimal(mean, 1),
    busiest: whole(rates["busiest_messages"]),
    ratio: ratio === null ? "–" : `${decimal(ratio, 2)} : 1`,
  };
}

function spreadsOf(figures: Figures): SpreadRow[] {
  const rows: SpreadRow[] = [];
  const add = (label: string, direction: Direction | "", spread: unknown, many?: unknown) => {
    const found = record(spread);
    const total = number(many ?? found["count"]);
    if (total === null || total === 0) return;
    const isSize = label.endsWith("B");
    const cells = SHARES.map((share) => {
      const value = number(found[share]);
      if (value === null) return "–";
      return isSize ? count(value) : decimal(value, value < 10 ? 2 : 1);
    });
    rows.push({ label, direction, count: count(total), cells });
  };
  for (const way of DIRECTIONS)
    add("size, B", way, record(figures[way])["sizes"], record(figures[way])["messages"]);
  for (const way of DIRECTIONS) add("gap, ms", way, record(figures[way])["gaps_ms"]);
  const pings = record(figures["pings"]);
  add("ping round trip, ms", "", pings["round_trips_ms"] ?? figures["ping_round_trips_ms"]);
  const latencies = figures["latencies_ms"] === undefined ? null : record(figures["latencies_ms"]);
  for (const way of DIRECTIONS) {
    add(
      "answered in, ms",
      way,
      latencies ? latencies[way] : record(record(figures["requests"])[way])["latency_ms"],
    );
  }
  return rows;
}

const inWords = (ms: unknown) => {
  const value = number(ms);
  return value === null ? "not known" : durationWith(value * 1e6);
};

function sentencesOf(figures: Figures): FigureSentence[] {
  const said: FigureSentence[] = [];
  const say = (text: string, events: number[] = []) => said.push({ text, events });
  say(`Longest silence: ${inWords(figures["longest_silence_ms"])}.`);
  const pings = record(figures["pings"]);
  const [sent, received] = [number(pings["sent"]) ?? 0, number(pings["received"]) ?? 0];
  if (sent > 0 || received > 0) {
    const unanswered = number(pings["unanswered"]) ?? 0;
    const period = number(record(pings["period_ms"])["sent"]);
    say(
      `Pings: ${count(sent)} sent${period === null ? "" : `, every ${durationWith(period * 1e6)}`}, ${count(unanswered)} of them unanswered; ${count(received)} received.`,
    );
  }
  for (const way of DIRECTIONS) {
    const stalls = record(record(figures[way])["stalls"]);
    const many = number(stalls["count"]) ?? 0;
    const first = Array.isArray(stalls["first"]) ? stalls["first"].map(record) : [];
    if (many > 0) {
      const events = first.map((one) => number(one["event"])).filter((one) => one !== null);
      say(`Stalls of what was ${way}: ${count(many)}.`, events);
    }
  }
  requests(record(figures["requests"]), figures["requests"] !== null, say);
  for (const heartbeat of Array.isArray(figures["heartbeats"])
    ? figures["heartbeats"].map(record)
    : []) {
    say(
      `Heartbeat ${String(heartbeat["direction"])} every ${inWords(heartbeat["period_ms"])}, ${count(number(heartbeat["count"]) ?? 0)} times: ${String(heartbeat["example"])}`,
      numbers(heartbeat["events"]),
    );
  }
  const passed = number(record(figures["sampled"])["passed_over"]) ?? 0;
  if (passed > 0) say(`The content of ${count(passed)} messages was not read.`);
  return said;
}

function requests(
  figures: Figures,
  known: boolean,
  say: (text: string, events?: number[]) => void,
): void {
  if (!known || Object.keys(figures).length === 0) return;
  const field = typeof figures["field"] === "string" ? figures["field"] : "";
  const guessed = figures["inferred"] === true ? `, matched by ${field}` : "";
  const protocol = typeof figures["protocol"] === "string" ? figures["protocol"] : "";
  for (const way of DIRECTIONS) {
    const of = record(figures[way]);
    const asked = number(of["requests"]) ?? 0;
    const stray = number(of["unmatched"]) ?? 0;
    if (asked === 0 && stray === 0) continue;
    say(
      `Requests ${way} (${protocol}${guessed}): ${count(number(of["answered"]) ?? 0)} answered, ${count(number(of["unanswered"]) ?? 0)} unanswered, ${count(stray)} unmatched.`,
      numbers(of["unanswered_events"]),
    );
    const slowest = Array.isArray(of["slowest"]) ? of["slowest"].map(record) : [];
    const answers = slowest.map((one) => number(one["response"])).filter((one) => one !== null);
    if (answers.length > 0)
      say(
        `Slowest answers to what was ${way}, up to ${inWords(slowest[0]?.["latency_ms"])}:`,
        answers,
      );
  }
}
