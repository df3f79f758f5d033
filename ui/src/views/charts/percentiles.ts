// How long the slowest take: percentiles on an axis on which 90, 99 and 99.9 are equally far apart.

/** A point of the curve: x is −log10(1 − p). */
export interface CurvePoint {
  x: number;
  share: number;
  value: number;
}

/** With fewer values there is no curve, only what was measured. */
export const ENOUGH = 10;

const STEPS = 80;

/** The value below which `share` of the sorted values are, interpolated linearly. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const one = sorted[below] ?? Number.NaN;
  const other = sorted[Math.min(below + 1, sorted.length - 1)] ?? one;
  return one + (other - one) * (place - below);
}

/** Where a share lies on the axis. */
export function placeOfShare(share: number): number {
  return -Math.log10(1 - share);
}

/** The curve of values, up to the share that their number can tell. */
export function curveOf(values: readonly number[]): CurvePoint[] {
  if (values.length === 0) return [];
  const sorted = [...values].sort((one, other) => one - other);
  if (sorted.length < ENOUGH) {
    return sorted.map((value, at) => {
      const share = at / sorted.length;
      return { x: placeOfShare(share), share, value };
    });
  }
  const end = Math.log10(sorted.length);
  return Array.from({ length: STEPS + 1 }, (_, at) => {
    const x = (end * at) / STEPS;
    const share = 1 - 10 ** -x;
    return { x, share, value: quantile(sorted, share) };
  });
}

/** Ticks up to the end of a curve, with their names: 0, 50, 90, 99, 99.9 … */
export function shareTicks(end: number): { x: number; name: string }[] {
  const ticks = [
    { x: 0, name: "0" },
    { x: placeOfShare(0.5), name: "50" },
  ];
  for (let nines = 1; nines <= Math.floor(end + 1e-9); nines += 1) {
    const name = nines === 1 ? "90" : nines === 2 ? "99" : `99.${"9".repeat(nines - 2)}`;
    ticks.push({ x: nines, name });
  }
  return ticks;
}
