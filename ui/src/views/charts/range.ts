// A part of a capture, and the filter that lets only this part through (docs/reference/filter.md).

/** Times since the capture began. */
export interface TimeRange {
  fromNs: number;
  toNs: number;
}

const MS = 1e6;
const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: MS, s: 1e9 };
const CLAUSE = /\bat >= [\d.]+(?:ns|us|ms|s) and at < [\d.]+(?:ns|us|ms|s)/;

/** A range between two moments in either order, on whole milliseconds where it is long enough. */
export function rangeOf(oneNs: number, otherNs: number): TimeRange {
  const from = Math.max(0, Math.min(oneNs, otherNs));
  const to = Math.max(oneNs, otherNs);
  if (to - from < 100 * MS)
    return { fromNs: Math.floor(from), toNs: Math.max(Math.ceil(to), Math.floor(from) + 1) };
  return { fromNs: Math.floor(from / MS) * MS, toNs: Math.ceil(to / MS) * MS };
}

/** "1.25s", or in whole nanoseconds where seconds would round it. */
export function durationLiteral(ns: number): string {
  const whole = Math.round(ns);
  if (whole % 1000 !== 0) return `${whole}ns`;
  const text = (whole / 1e9).toFixed(6).replace(/0+$/, "").replace(/\.$/, "");
  return `${text}s`;
}

/** The expression for a range. */
export function rangeFilter(range: TimeRange): string {
  return `at >= ${durationLiteral(range.fromNs)} and at < ${durationLiteral(range.toNs)}`;
}

/** A filter with this range in the place of the one it had; null takes the range out. */
export function withRange(filter: string, range: TimeRange | null): string {
  const rest = filter
    .replace(new RegExp(`^\\((.*)\\) and ${CLAUSE.source}$`, "s"), "$1")
    .replace(new RegExp(`^${CLAUSE.source}$`), "")
    .trim();
  if (range === null) return rest;
  return rest === "" ? rangeFilter(range) : `(${rest}) and ${rangeFilter(range)}`;
}

/** The range that a filter lets through; null where it has none. */
export function rangeIn(filter: string): TimeRange | null {
  const found = new RegExp(`(?:^|\\) and )${CLAUSE.source}$`).exec(filter);
  const [from, to] = [...(found?.[0] ?? "").matchAll(/([\d.]+)(ns|us|ms|s)/g)].map(
    ([, figure = "", unit = ""]) => Math.round(Number(figure) * (UNITS[unit] ?? Number.NaN)),
  );
  return from === undefined || to === undefined || to <= from ? null : { fromNs: from, toNs: to };
}

/** Read seconds as a person types them; null where they are none. */
export function secondsTyped(text: string): number | null {
  const clean = text.trim().replaceAll(",", "").replace(/\s*s$/, "");
  if (!/^\d*\.?\d+$|^\d+\.$/.test(clean)) return null;
  return Number(clean) * 1e9;
}
