// The overview strip as paths: bars of sent bytes upwards and of received ones downwards on a
// logarithmic scale, so that a heartbeat is seen beside a snapshot.

/** Height of the picture in its own units; the axis is in the middle. */
export const TRACE_HEIGHT = 64;
export const AXIS = TRACE_HEIGHT / 2;
const TALLEST_BAR = 30;
/** Bytes up to which the scale is linear. */
const LOWEST = 2;

/** The top of the scale: the next power of two, no lower than 1 kB. */
export function topOfScale(...columns: readonly (readonly number[])[]): number {
  let most = 0;
  for (const column of columns) for (const value of column) most = Math.max(most, value);
  return 2 ** Math.ceil(Math.log2(Math.max(1024, most)));
}

/** How tall a bar of so many bytes is. */
export function barHeight(bytes: number, top: number): number {
  if (bytes <= 0) return 0;
  const share = Math.log2(1 + bytes / LOWEST) / Math.log2(1 + top / LOWEST);
  return Math.max(1.5, Math.min(1, share) * TALLEST_BAR);
}

/** Bars as one path, in a picture `bins` wide; `up` is -1 for what goes up. */
export function bars(column: readonly number[], top: number, up: 1 | -1): string {
  let path = "";
  column.forEach((bytes, bin) => {
    const height = barHeight(bytes, top);
    if (height > 0) path += `M${bin + 0.5} ${AXIS}v${(up * height).toFixed(1)}`;
  });
  return path;
}

/** Lines of the graticule: tenths across, quarters down. */
export function graticule(bins: number): string {
  let path = "";
  for (let tenth = 1; tenth < 10; tenth += 1) {
    path += `M${((bins * tenth) / 10).toFixed(1)} 0v${TRACE_HEIGHT}`;
  }
  return `${path}M0 ${TRACE_HEIGHT / 4}h${bins}M0 ${(TRACE_HEIGHT * 3) / 4}h${bins}`;
}

/** A part of a capture that is looked at. */
export interface Range {
  fromNs: number;
  toNs: number;
}

/** A range made `factor` times as long about a moment, within the whole. */
export function zoomed(range: Range, about: number, factor: number, whole: Range): Range {
  const least = 1000;
  const length = Math.max(least, (range.toNs - range.fromNs) * factor);
  if (length >= whole.toNs - whole.fromNs) return whole;
  const share = (about - range.fromNs) / Math.max(1, range.toNs - range.fromNs);
  return moved({ fromNs: about - share * length, toNs: about + (1 - share) * length }, 0, whole);
}

/** A range moved along, within the whole. */
export function moved(range: Range, by: number, whole: Range): Range {
  const length = range.toNs - range.fromNs;
  const from = Math.min(
    Math.max(range.fromNs + by, whole.fromNs),
    Math.max(whole.fromNs, whole.toNs - length),
  );
  return { fromNs: Math.round(from), toNs: Math.round(from + length) };
}

const SOON_MS = 40;
const EVERY_MS = 1000;

/**
 * Milliseconds until the picture is drawn anew.
 *
 * `another` is whether it would be another one, as by a filter; `growing`, whether the capture is
 * still recorded; `sinceMs`, how long ago it was drawn. What has ended is drawn whole at once.
 */
export function waitMs(another: boolean, growing: boolean, sinceMs: number): number {
  return another || !growing ? SOON_MS : Math.max(0, EVERY_MS - sinceMs);
}
