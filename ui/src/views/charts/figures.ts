// Each chart of a capture: its title with the unit, a sentence, what is drawn, and the same as a table.

import {
  bytesWith,
  count,
  counted,
  decimal,
  durationWith,
  percentWith,
  seconds,
} from "../../base/format";
import type { Charts, LatencyPoint, Overview } from "../../protocol/generated";
import { type Bin, binsOf, fullest } from "./histogram";
import { curveOf, ENOUGH, placeOfShare, shareTicks } from "./percentiles";
import type { Axis, PlotSpec } from "./spec";
import { enlargement, linearTicks, logTicks, short } from "./ticks";

/** A chart as it is shown. */
export interface ChartFigure {
  id: string;
  title: string;
  unit: string;
  /** What it tells, in a sentence. */
  sentence: string;
  /** Null where there is nothing to draw; then `empty` says why. */
  spec: PlotSpec | null;
  empty: string;
  heads: string[];
  rows: string[][];
  /** How much the sent side is enlarged; 1 for not at all. */
  enlarged: number;
}

const WIDE = 172;
const SMALL = 172;
const S = 1e9;

type Brush = (fromNs: number, toNs: number) => void;

/** Messages or bytes a second. */
export function rateFigure(
  overview: Overview,
  what: "messages" | "bytes",
  brush: Brush,
  { enlarge = true, of = "on the wire" } = {},
): ChartFigure {
  const isBytes = what === "bytes";
  const sent = isBytes ? overview.sent_bytes : overview.sent;
  const received = isBytes ? overview.received_bytes : overview.received;
  const bins = received.length;
  const widthS = Math.max(1e-9, (overview.to_ns - overview.from_ns) / S / Math.max(1, bins));
  const perSecond = (values: readonly number[]) => values.map((value) => value / widthS);
  const [up, down] = [perSecond(sent), perSecond(received)];
  const [most, least] = [largest(up), largest(down)];
  const enlarged = enlarge ? enlargement(most, least) : 1;
  const spell = isBytes
    ? (value: number) => `${bytesWith(value)}/s`
    : (value: number) => `${short(round(value))}/s`;
  const at = (index: number) => overview.from_ns / S + (index + 0.5) * widthS;
  const total = sum(sent) + sum(received);
  const busiest = indexOfLargest(down.map((value, index) => value + (up[index] ?? 0)));
  const sentence =
    total === 0
      ? ""
      : `${isBytes ? `${bytesWith(sum(sent))} sent, ${bytesWith(sum(received))} received` : `${counted(sum(sent), "message")} sent, ${count(sum(received))} received`}; at most ${spell((down[busiest] ?? 0) + (up[busiest] ?? 0))}, in the ${durationWith(widthS * S)} around ${decimal(at(busiest), 1)} s.`;
  return {
    id: what,
    title: isBytes ? "Bytes a second" : "Messages a second",
    unit: isBytes ? `B/s ${of}, over s` : "/s, over s",
    sentence,
    enlarged,
    empty: "No messages here.",
    spec:
      total === 0
        ? null
        : {
            xs: received.map((_, index) => at(index)),
            x: timeAxis(overview.from_ns, overview.to_ns),
            y: mirrored(most * enlarged, least, enlarged),
            height: WIDE,
            series: [
              { values: up.map((value) => value * enlarged), colour: "sent", shape: "bars" },
              { values: down.map((value) => -value), colour: "received", shape: "bars" },
            ],
            readout: (index) =>
              `${decimal(at(index), 2)} s: ${spell(up[index] ?? 0)} sent, ${spell(down[index] ?? 0)} received`,
            onbrush: (from, to) => brush(from * S, to * S),
          },
    heads: [
      "From, s",
      isBytes ? "Sent, B/s" : "Sent, /s",
      isBytes ? "Received, B/s" : "Received, /s",
    ],
    rows: received.map((_, index) => [
      seconds(overview.from_ns + index * widthS * S),
      decimal(up[index] ?? 0, isBytes ? 0 : 1),
      decimal(down[index] ?? 0, isBytes ? 0 : 1),
    ]),
  };
}

/** How long each answer took, when it came. */
export function latencyFigure(charts: Charts, brush: Brush): ChartFigure {
  const { points, thinned, words } = answersOf(charts);
  const ms = points.map((point) => point.latency_ns / 1e6);
  const slowest = points.reduce<LatencyPoint | null>(
    (best, one) => (best === null || one.latency_ns > best.latency_ns ? one : best),
    null,
  );
  const sentence = slowest
    ? `${words}, the slowest ${durationWith(slowest.latency_ns)} at ${decimal(slowest.at_ns / S, 1)} s.${thinned ? " Each dot is the slowest of its bin." : ""}`
    : "";
  return {
    id: "latency",
    title: "Answer time over time",
    unit: "ms, log, over s",
    sentence,
    enlarged: 1,
    empty: "No request was answered here, or no protocol with requests was recognised.",
    spec: slowest
      ? {
          xs: points.map((point) => point.at_ns / S),
          x: timeAxis(charts.overview.from_ns, charts.overview.to_ns, 4),
          y: logAxis(ms),
          height: SMALL,
          series: [{ values: ms, colour: "ink", shape: "dots" }],
          readout: (index) => {
            const point = points[index];
            return point
              ? `${seconds(point.at_ns)} s: ${durationWith(point.latency_ns)}, #${count(point.seq)}`
              : "";
          },
          onbrush: (from, to) => brush(from * S, to * S),
        }
      : null,
    heads: ["At, s", "Answer", "Took, ms"],
    rows: points.map((point) => [
      seconds(point.at_ns),
      `#${count(point.seq)}`,
      decimal(point.latency_ns / 1e6, 3),
    ]),
  };
}

/** The answers of a part; where nothing was answered but pings, the pongs. */
function answersOf(charts: Charts): { points: LatencyPoint[]; thinned: boolean; words: string } {
  const answers = charts.latency_total - charts.latency_pongs;
  const points = charts.latency.filter((point) => point.is_pong === (answers === 0));
  const total = answers || charts.latency_pongs;
  return {
    points,
    thinned: total > points.length,
    words: counted(total, answers ? "answer" : "pong"),
  };
}

/** Percentiles of the answer times; `whole` are those of the whole capture, where dots are left out. */
export function percentileFigure(
  charts: Charts,
  whole: Readonly<Record<string, unknown>> | null,
): ChartFigure {
  const { points, thinned, words } = answersOf(charts);
  const curve = thinned
    ? wholeCurve(whole)
    : curveOf(points.map((point) => point.latency_ns / 1e6));
  const few = !thinned && points.length < ENOUGH;
  const end = Math.max(2, curve.at(-1)?.x ?? 2);
  const ticks = shareTicks(end);
  const names = new Map(ticks.map((tick) => [tick.x, tick.name]));
  const valueAt = (share: number) => curve.find((point) => point.share >= share - 1e-9)?.value;
  const [half, most] = [valueAt(0.5), valueAt(0.99)];
  const told = [
    half === undefined ? "" : `Half within ${durationWith(half * 1e6)}`,
    most === undefined ? "" : `99 % within ${durationWith(most * 1e6)}`,
  ].filter(Boolean);
  return {
    id: "percentiles",
    title: "Answer time, percentiles",
    unit: "ms, log, over % of the answers",
    sentence:
      curve.length === 0
        ? ""
        : few
          ? `${words}: too few for percentiles, so each is a dot.`
          : `${told.join(", ")}, of ${thinned ? "the answers of the whole capture" : words}.`,
    enlarged: 1,
    empty: "Nothing was answered here.",
    spec:
      curve.length === 0
        ? null
        : {
            xs: curve.map((point) => point.x),
            x: {
              min: 0,
              max: end,
              ticks: ticks.map((tick) => tick.x),
              name: (x) => names.get(x) ?? "",
            },
            y: logAxis(curve.map((point) => point.value)),
            height: SMALL,
            series: [
              {
                values: curve.map((point) => point.value),
                colour: "ink",
                shape: few || thinned ? "dots" : "line",
              },
            ],
            readout: (index) => {
              const point = curve[index];
              return point
                ? `${percentWith(point.share, point.share > 0.99 ? 2 : 1)} within ${durationWith(point.value * 1e6)}`
                : "";
            },
          },
    heads: ["Share, %", "Within, ms"],
    rows: (few || thinned
      ? curve
      : [0, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999].flatMap((share) =>
          curve.filter((point) => point.share >= share - 1e-9).slice(0, 1),
        )
    ).map((point) => [decimal(point.share * 100, 2), decimal(point.value, 3)]),
  };
}

const SHARES: readonly [string, number][] = [
  ["p50", 0.5],
  ["p90", 0.9],
  ["p95", 0.95],
  ["p99", 0.99],
  ["p999", 0.999],
];

function wholeCurve(spread: Readonly<Record<string, unknown>> | null) {
  return SHARES.flatMap(([name, share]) => {
    const value = spread?.[name];
    return typeof value === "number" ? [{ x: placeOfShare(share), share, value }] : [];
  });
}

/** Lengths of messages. */
export function sizeFigure(charts: Charts): ChartFigure {
  const bins = binsOf(charts.sizes);
  return histogramFigure(bins, {
    id: "sizes",
    title: "Size of a message",
    unit: "B of data, log; messages",
    head: "Size, B",
    empty: "No messages here.",
    edge: (bin) => short(bin.from),
    span: (bin) =>
      bin.from === bin.to ? bytesWith(bin.from) : `${count(bin.from)} to ${count(bin.to)} B`,
    tell: (words) => `carry ${words}`,
    note: "",
  });
}

/** Time from one message to the next of the same direction. */
export function gapFigure(charts: Charts): ChartFigure {
  const bins = binsOf(charts.gaps);
  const share = charts.gaps_share;
  return histogramFigure(bins, {
    id: "gaps",
    title: "Gap to the message before",
    unit: "log; messages",
    head: "Gap",
    empty: "Fewer than two messages here.",
    edge: (bin) => briefly(bin.from),
    span: (bin) =>
      bin.to === 0
        ? "less than 1 µs"
        : `${durationWith(bin.from * 1000)} to ${durationWith((bin.to + 1) * 1000)}`,
    tell: (words) => `follow within ${words}`,
    note: share < 1 ? ` Taken of ${percentWith(share)} of the events, evenly.` : "",
  });
}

/** Microseconds as a tick: "64 µs", "8 ms", "1 s". */
function briefly(us: number): string {
  if (us < 1000) return `${count(us)} µs`;
  if (us < 1e6) return `${count(us / 1000)} ms`;
  return `${count(us / 1e6)} s`;
}

interface Words {
  id: string;
  title: string;
  unit: string;
  head: string;
  empty: string;
  edge: (bin: Bin) => string;
  span: (bin: Bin) => string;
  tell: (words: string) => string;
  note: string;
}

function histogramFigure(bins: Bin[], words: Words): ChartFigure {
  const sent = largest(bins.map((bin) => bin.sent));
  const received = largest(bins.map((bin) => bin.received));
  const enlarged = enlargement(sent, received);
  const told = (["received", "sent"] as const).flatMap((way) => {
    const found = fullest(bins, way);
    return found
      ? [`${percentWith(found.share, 0)} of those ${way} ${words.tell(words.span(found.bin))}`]
      : [];
  });
  const first = bins[0]?.bits ?? 0;
  const last = bins.at(-1)?.bits ?? 0;
  // The bins are all the same to the eye: a tick stands at the lower edge of each second or third.
  const by = Math.max(1, Math.ceil(bins.length / 6));
  const edges = new Map(
    bins.filter((_, at) => at % by === 0).map((bin) => [bin.bits - 0.5, words.edge(bin)]),
  );
  return {
    id: words.id,
    title: words.title,
    unit: words.unit,
    sentence: told.length === 0 ? "" : `${told.join("; ")}.${words.note}`,
    enlarged,
    empty: words.empty,
    spec:
      bins.length === 0
        ? null
        : {
            xs: bins.map((bin) => bin.bits),
            x: {
              min: first - 0.5,
              max: Math.max(last, first + 3) + 0.5,
              ticks: [...edges.keys()],
              name: (x) => edges.get(x) ?? "",
            },
            y: mirrored(sent * enlarged, received, enlarged),
            height: SMALL,
            series: [
              { values: bins.map((bin) => bin.sent * enlarged), colour: "sent", shape: "bars" },
              { values: bins.map((bin) => -bin.received), colour: "received", shape: "bars" },
            ],
            readout: (index) => {
              const bin = bins[index];
              return bin
                ? `${words.span(bin)}: ${count(bin.sent)} sent, ${count(bin.received)} received`
                : "";
            },
          },
    heads: [words.head, "Sent", "Received"],
    rows: bins.map((bin) => [words.span(bin), count(bin.sent), count(bin.received)]),
  };
}

/** What compression made of the bytes, each way. */
export interface CompressionRow {
  way: "sent" | "received";
  decoded: number;
  wire: number;
  ratio: number;
}

export function compressionRows(charts: Charts): CompressionRow[] {
  return (["sent", "received"] as const).flatMap((way) => {
    const [decoded = 0, wire = 0] = charts.compression[way] ?? [];
    return decoded > 0 && wire > 0 ? [{ way, decoded, wire, ratio: decoded / wire }] : [];
  });
}

/** An axis of seconds, with as many decimals as its ticks need. */
export function timeAxis(fromNs: number, toNs: number, most = 9): Axis {
  const [min, max] = [fromNs / S, Math.max(toNs, fromNs + 1) / S];
  const ticks = linearTicks(min, max, most);
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0);
  const digits = Math.max(0, Math.min(9, -Math.floor(Math.log10(step) + 1e-9)));
  return { min, max, ticks, name: (tick) => decimal(tick, digits) };
}

/** Sent upwards, received downwards; figures of the upper half are those before they were enlarged. */
function mirrored(up: number, down: number, enlarged: number): Axis {
  const span = up + down || 1;
  const max = up > 0 ? up + span * 0.04 : span * 0.02;
  const min = down > 0 ? -(down + span * 0.04) : -span * 0.02;
  return {
    min,
    max,
    ticks: linearTicks(min, max, 4),
    name: (tick) => short(tick > 0 ? tick / enlarged : Math.abs(tick)),
  };
}

function logAxis(values: readonly number[]): Axis & { log: boolean } {
  const positive = values.filter((value) => value > 0);
  const low = Math.min(...positive);
  const high = Math.max(...positive);
  const [min, max] = [low / 1.5, high * 1.5];
  return { min, max, log: true, ticks: logTicks(min, max, 5), name: short };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const largest = (values: readonly number[]) =>
  values.reduce((best, value) => Math.max(best, value), 0);
const round = (value: number) => (value >= 10 ? Math.round(value) : Math.round(value * 10) / 10);

function indexOfLargest(values: readonly number[]): number {
  return values.reduce((best, value, at) => (value > (values[best] ?? -1) ? at : best), 0);
}
