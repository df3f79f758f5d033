// The main statistics of a WebRTC connection as charts, one for each figure of each stream. Their
// names are those of the W3C (https://www.w3.org/TR/webrtc-stats/), so that they can be looked up.

import { count, decimal, percentWith, seconds } from "../../base/format";
import type { Series } from "../../protocol/generated";
import { type ChartFigure, timeAxis } from "./figures";
import { linearTicks, short } from "./ticks";

const HEIGHT = 140;
const S = 1e9;

/** The figures of one stream, path or channel. */
export interface StreamCharts {
  id: string;
  /** "Video received, mid 1". */
  name: string;
  /** The W3C type of the object. */
  object: string;
  figures: ChartFigure[];
}

type Brush = (fromNs: number, toNs: number) => void;

interface Topic {
  title: string;
  means: string;
}

const TOPICS: Readonly<Record<string, Topic>> = {
  bytesReceived: { title: "Bitrate", means: "Payload received" },
  bytesSent: { title: "Bitrate", means: "Payload sent" },
  packetsLost: { title: "Packets lost", means: "Missing from the sequence" },
  jitter: { title: "Jitter", means: "How unevenly packets arrive" },
  framesDecoded: { title: "Frames a second", means: "Pictures decoded" },
  framesEncoded: { title: "Frames a second", means: "Pictures encoded" },
  frameHeight: { title: "Picture height", means: "As it arrives" },
  frameWidth: { title: "Picture width", means: "As it arrives" },
  concealedSamples: { title: "Sound made up", means: "Of all samples played" },
  retransmittedPacketsSent: { title: "Packets sent again", means: "The other side asked for them" },
  roundTripTime: { title: "Round trip", means: "By RTCP reports" },
  currentRoundTripTime: { title: "Round trip", means: "By ICE checks" },
  availableOutgoingBitrate: { title: "Bitrate available", means: "Outgoing, as estimated" },
  availableIncomingBitrate: { title: "Bitrate available", means: "Incoming, as estimated" },
  messagesSent: { title: "Messages sent", means: "A second" },
  messagesReceived: { title: "Messages received", means: "A second" },
};

const OBJECTS: Readonly<Record<string, string>> = {
  "inbound-rtp": "received",
  "outbound-rtp": "sent",
  "remote-inbound-rtp": "sent, as the other side says",
  "candidate-pair": "Path",
  transport: "Transport, all together",
  "data-channel": "Data channel",
};

/** The order in which streams stand, what is received first. */
const ORDER = Object.keys(OBJECTS);

/** Series as charts, grouped by what they are of. */
export function streamCharts(series: readonly Series[], brush: Brush): StreamCharts[] {
  const span = spanOf(series);
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    if (one.values.length === 0) continue;
    const key = `${one.object} ${one.id}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups]
    .map(([id, own]) => streamOf(id, own, span, brush))
    .sort((one, other) => ORDER.indexOf(one.object) - ORDER.indexOf(other.object));
}

/** From the first value of any series to the last, so that all charts have one axis. */
function spanOf(series: readonly Series[]): Span {
  const firsts = series.flatMap((one) => one.at_ns.slice(0, 1));
  const lasts = series.flatMap((one) => one.at_ns.slice(-1));
  return { fromNs: Math.min(...firsts), toNs: Math.max(...lasts) };
}

interface Span {
  fromNs: number;
  toNs: number;
}

function streamOf(id: string, own: readonly Series[], span: Span, brush: Brush): StreamCharts {
  const object = own[0]?.object ?? "";
  const figures = own.map((one) => figureOf(one, span, brush));
  return { id, name: nameOf(own[0]), object, figures };
}

function nameOf(one: Series | undefined): string {
  if (one === undefined) return "";
  const what = OBJECTS[one.object] ?? one.object;
  if (one.kind === "") return one.label === "" ? what : `${what} ${one.label}`;
  const kind = `${one.kind.charAt(0).toUpperCase()}${one.kind.slice(1)}`;
  return [`${kind} ${what}`, streamOfLabel(one.label)].filter(Boolean).join(", ");
}

/** "mid 0", "mid 0, layer h" or "SSRC 4711", of a label with mid, rid and SSRC as far as known. */
function streamOfLabel(label: string): string {
  const [first = "", ...rest] = label.split(" ");
  if (first === "") return "";
  if (rest.length === 0) return `SSRC ${first}`;
  return rest.length > 1 ? `mid ${first}, layer ${rest[0] ?? ""}` : `mid ${first}`;
}

interface Scale {
  unit: string;
  by: number;
  digits: number;
}

/** The unit that a person reads, by the largest value: bit/s as kbit/s or Mbit/s, s as ms. */
function scaleOf(unit: Series["unit"], largest: number): Scale {
  if (unit === "bit/s") {
    return largest >= 1e6
      ? { unit: "Mbit/s", by: 1e-6, digits: 2 }
      : { unit: "kbit/s", by: 1e-3, digits: 1 };
  }
  if (unit === "s") return { unit: "ms", by: 1e3, digits: 1 };
  if (unit === "share") return { unit: "%", by: 100, digits: 1 };
  if (unit === "px") return { unit: "px", by: 1, digits: 0 };
  return { unit: unit === "1/s" ? "/s" : unit, by: 1, digits: 1 };
}

/** A value with the unit that a person reads. */
export function valueWith(unit: Series["unit"], value: number): string {
  const scale = scaleOf(unit, value);
  if (unit === "share") return percentWith(value);
  if (unit === "px") return `${count(value)} px`;
  return `${decimal(value * scale.by, scale.digits)} ${scale.unit}`.replace(" /s", "/s");
}

function figureOf(one: Series, span: Span, brush: Brush): ChartFigure {
  const largest = Math.max(...one.values, 0);
  const scale = scaleOf(one.unit, largest);
  const topic = Object.hasOwn(TOPICS, one.name) ? TOPICS[one.name] : undefined;
  const values = one.values.map((value) => value * scale.by);
  const mean = one.values.reduce((sum, value) => sum + value, 0) / one.values.length;
  const last = one.values.at(-1) ?? 0;
  const say = (value: number) => valueWith(one.unit, value);
  const isSent = one.object === "outbound-rtp" || /Sent$|Outgoing/.test(one.name);
  const isSide = one.kind !== "" || /Sent$|Received$/.test(one.name);
  const xs = one.at_ns.map((at) => at / S);
  return {
    id: `${one.object} ${one.id} ${one.name}`,
    title: topic?.title ?? one.name,
    unit: `${scale.unit}, ${one.name}`,
    sentence: `${topic ? `${topic.means}: ` : ""}${say(last)} last, ${say(mean)} on average, ${say(largest)} at most.`,
    enlarged: 1,
    empty: "No value was taken.",
    spec: {
      xs,
      x: timeAxis(span.fromNs, span.toNs, 4),
      y: upFromZero(Math.max(...values, 0)),
      height: HEIGHT,
      series: [
        {
          values,
          colour: isSide ? (isSent ? "sent" : "received") : "ink",
          shape: xs.length > 1 ? "line" : "dots",
        },
      ],
      readout: (index) => `${seconds(one.at_ns[index] ?? 0, 1)} s: ${say(one.values[index] ?? 0)}`,
      onbrush: (from, to) => brush(from * S, to * S),
    },
    heads: ["At, s", `${one.name}, ${scale.unit}`],
    rows: one.at_ns.map((at, index) => [seconds(at, 1), decimal(values[index] ?? 0, scale.digits)]),
  };
}

function upFromZero(largest: number) {
  const max = largest > 0 ? largest * 1.08 : 1;
  return { min: 0, max, ticks: linearTicks(0, max, 3), name: short };
}
