// Two captures on one clock: where each begins on it, and their rows in the order of time.

import type { CaptureState, Charts, Row } from "../../protocol/generated";
import { timeAxis } from "../charts/figures";
import type { PlotSpec } from "../charts/spec";
import { linearTicks, logTicks } from "../charts/ticks";

/** `wall` is the time of day; `own` puts both beginnings at 0. */
export type ClockKind = "wall" | "own";

/** Where a capture's 0 lies on the common clock, whose 0 is the earlier beginning. */
export function offsetsNs(
  one: CaptureState,
  other: CaptureState,
  kind: ClockKind,
): [number, number] {
  if (kind === "own") return [0, 0];
  const [first, second] = [startOf(one), startOf(other)];
  // Nanoseconds since 1970 are beyond 2^53, so only the difference is taken in them.
  const laterNs = (second.s - first.s) * 1e9 + second.ns - first.ns;
  return laterNs >= 0 ? [0, laterNs] : [-laterNs, 0];
}

/** RFC 3339 with up to nine decimals: whole seconds since 1970, and nanoseconds. */
function startOf(capture: CaptureState): { s: number; ns: number } {
  const digits = /\.(\d+)/.exec(capture.started)?.[1] ?? "";
  return {
    s: Math.floor(Date.parse(capture.started) / 1000),
    ns: Number(digits.padEnd(9, "0").slice(0, 9)),
  };
}

/** The charts of a capture, moved to where it lies on the common clock. */
export function moved(charts: Charts, offsetNs: number): Charts {
  const { overview } = charts;
  return {
    ...charts,
    overview: {
      ...overview,
      from_ns: overview.from_ns + offsetNs,
      to_ns: overview.to_ns + offsetNs,
    },
    latency: charts.latency.map((point) => ({ ...point, at_ns: point.at_ns + offsetNs })),
  };
}

/** The same plot with the axes that both share, so that they can be compared by eye. */
export function aligned(
  specs: readonly (PlotSpec | null)[],
  fromNs: number,
  toNs: number,
): (PlotSpec | null)[] {
  const known = specs.filter((one) => one !== null);
  const [min, max] = [
    Math.min(...known.map((one) => one.y.min)),
    Math.max(...known.map((one) => one.y.max)),
  ];
  const x = timeAxis(fromNs, toNs);
  return specs.map((spec) =>
    spec === null
      ? null
      : {
          ...spec,
          x,
          y: {
            ...spec.y,
            min,
            max,
            ticks: spec.y.log ? logTicks(min, max, 5) : linearTicks(min, max, 4),
          },
        },
  );
}

/** A row of one of the two. */
export interface MergedRow {
  side: 0 | 1;
  atNs: number;
  row: Row;
}

/** Some rows of a capture, from an index on. */
export interface Part {
  rows: readonly Row[];
  offsetNs: number;
  /** Whether no rows come after these. */
  ended: boolean;
}

/**
 * Rows of both in the order of time, `most` at most: not beyond the last row of a part that goes on,
 * since rows of it that are not here may come first.
 */
export function merge(
  parts: readonly [Part, Part],
  most: number,
): { rows: MergedRow[]; taken: [number, number] } {
  const taken: [number, number] = [0, 0];
  const rows: MergedRow[] = [];
  while (rows.length < most) {
    const [left, right] = [next(parts[0], taken[0], 0), next(parts[1], taken[1], 1)];
    if ((left === null && !parts[0].ended) || (right === null && !parts[1].ended)) break;
    const first = left === null ? right : right === null || left.atNs <= right.atNs ? left : right;
    if (first === null) break;
    rows.push(first);
    taken[first.side] += 1;
  }
  return { rows, taken };
}

function next(part: Part, at: number, side: 0 | 1): MergedRow | null {
  const row = part.rows[at];
  return row === undefined ? null : { side, atNs: row.at_ns + part.offsetNs, row };
}

/** The same towards the beginning: the last `most` rows of both, and how many of each they are. */
export function mergeBefore(
  parts: readonly [Part, Part],
  most: number,
): { rows: MergedRow[]; taken: [number, number] } {
  const mirrored = parts.map((part) => ({
    ...part,
    offsetNs: -part.offsetNs,
    rows: [...part.rows].reverse().map((row) => ({ ...row, at_ns: -row.at_ns })),
  })) as unknown as [Part, Part];
  const found = merge(mirrored, most);
  const rows = found.rows
    .map((one) => ({ ...one, atNs: -one.atNs, row: { ...one.row, at_ns: -one.row.at_ns } }))
    .reverse();
  return { rows, taken: found.taken };
}
