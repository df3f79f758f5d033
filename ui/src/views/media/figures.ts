// How received media is doing now: the newest values of its statistics, as readouts.

import type { Series, SessionMedia } from "../../protocol/generated";
import { valueWith } from "../charts/statistics";
import { count } from "../../base/format";

export interface Reading {
  name: string;
  value: string;
  note: string;
}

/** A track with what is known of it now. */
export interface TrackReadings {
  media: SessionMedia;
  readings: Reading[];
}

const newest = (one: Series | undefined) => one?.values.at(-1);

/** The readings of each track that is received; a track without statistics has its codec alone. */
export function receivedReadings(
  media: readonly SessionMedia[],
  series: readonly Series[],
): TrackReadings[] {
  const received = media.filter((one) => one.direction === "received");
  return received.map((track) => {
    const own = series.filter((one) => one.object === "inbound-rtp" && one.kind === track.kind);
    const several = received.filter((one) => one.kind === track.kind).length > 1;
    const named = own.filter((one) => isOf(one, track));
    const mine = several || named.length > 0 ? named : own;
    return { media: track, readings: [codecOf(track), ...readingsOf(newestOf(mine))] };
  });
}

/** Those of the stream that was told of last: after a new offer there may be another SSRC. */
function newestOf(own: readonly Series[]): Series[] {
  const lastNs = (one: Series) => one.at_ns.at(-1) ?? 0;
  const newestNs = Math.max(0, ...own.map(lastNs));
  const newest = own.findLast((one) => lastNs(one) === newestNs)?.id;
  return own.filter((one) => one.id === newest);
}

/** Of two streams of a kind the label tells the media section. */
function isOf(one: Series, { mid }: SessionMedia): boolean {
  const [first, ...rest] = one.label.split(" ");
  return rest.length > 0 && first === mid;
}

function codecOf({ codec }: SessionMedia): Reading {
  return { name: "Codec", value: codec || "not known yet", note: "as it arrives" };
}

function readingsOf(own: readonly Series[]): Reading[] {
  const named = (name: string) => own.findLast((one) => one.name === name);
  const readings: Reading[] = [];
  const [width, height] = [newest(named("frameWidth")), newest(named("frameHeight"))];
  if (width !== undefined && height !== undefined && width > 0) {
    const value = `${count(width)} × ${count(height)}`;
    readings.push({ name: "Picture", value, note: "px, frameWidth × frameHeight" });
  }
  for (const [name, title] of SHOWN) {
    const one = named(name);
    const value = newest(one);
    if (one === undefined || value === undefined) continue;
    readings.push({ name: title, value: valueWith(one.unit, value), note: name });
  }
  return readings;
}

const SHOWN = [
  ["framesDecoded", "Frames"],
  ["bytesReceived", "Bitrate"],
  ["packetsLost", "Packets lost"],
  ["jitter", "Jitter"],
  ["concealedSamples", "Sound made up"],
] as const;
