// Where the lines of a graticule lie, and what is written beside them.

import { count, decimal } from "../../base/format";

/** Ticks of a log axis between two positive values: 1, 2 and 5 of each decade, thinned to `most`. */
export function logTicks(min: number, max: number, most = 6): number[] {
  if (!(min > 0) || !(max >= min)) return [];
  const first = Math.floor(Math.log10(min));
  const last = Math.ceil(Math.log10(max));
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const ticks: number[] = [];
    for (let decade = first; decade <= last; decade += 1) {
      for (const step of steps) {
        const tick = Number((step * 10 ** decade).toPrecision(1));
        if (tick >= min && tick <= max) ticks.push(tick);
      }
    }
    if (ticks.length <= most) return ticks;
  }
  const decades = last - first;
  const by = Math.max(1, Math.ceil(decades / most));
  return Array.from(
    { length: Math.floor(decades / by) + 1 },
    (_, at) => 10 ** (first + at * by),
  ).filter((tick) => tick >= min && tick <= max);
}

/** Ticks of a linear axis from 0: at most `most` steps of 1, 2 or 5. */
export function linearTicks(min: number, max: number, most = 4): number[] {
  const span = max - min;
  if (!(span > 0)) return [min];
  const raw = span / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((one) => one * power >= raw) ?? 10) * power;
  const ticks: number[] = [];
  for (let tick = Math.ceil(min / step); tick * step <= max + step * 1e-9; tick += 1) {
    ticks.push(Number((tick * step).toPrecision(12)));
  }
  return ticks;
}

/** A figure beside an axis, short: "0.5", "20", "1,500", "15k", "2M". */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${trimmed(value / 1e9)}G`;
  if (size >= 1e6) return `${trimmed(value / 1e6)}M`;
  if (size >= 1e4) return `${trimmed(value / 1e3)}k`;
  if (size >= 100 || Number.isInteger(value)) return count(value);
  return trimmed(value);
}

function trimmed(value: number): string {
  const digits =
    Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 3;
  return decimal(value, digits)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}

/** By how much the smaller of two directions is enlarged to be seen: 1, 10, 100 … */
export function enlargement(smaller: number, larger: number): number {
  if (!(smaller > 0) || larger < smaller * 20) return 1;
  return 10 ** Math.floor(Math.log10(larger / smaller / 2));
}
