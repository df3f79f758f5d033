// Numbers, sizes and times as a reader compares them: thousands with commas, a true minus, no more
// digits than were measured. Units belong into the column's head where there is one; functions
// ending in `With` add the unit for running text.

const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const MINUS = "\u2212";

/** 48211 as "48,211"; the minus is a minus. */
export function count(value: number): string {
  return COUNT.format(Math.round(value)).replace("-", MINUS);
}

// To make a formatter takes a hundred times as long as to use it.
const DECIMALS = new Map<number, Intl.NumberFormat>();

function decimals(digits: number): Intl.NumberFormat {
  let format = DECIMALS.get(digits);
  if (format === undefined) {
    const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    format = new Intl.NumberFormat("en-US", fraction);
    DECIMALS.set(digits, format);
  }
  return format;
}

/** A number with `digits` decimals and commas: 1204.5 as "1,204.5". */
export function decimal(value: number, digits: number): string {
  const text = decimals(digits).format(value);
  return Number(value.toFixed(digits)) === 0 ? text.replace("-", "") : text.replace("-", MINUS);
}

/** "1 row", "2 rows"; `many` where an s does not make the plural. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Nanoseconds as milliseconds with one decimal, for a column headed "ms". */
export function milliseconds(ns: number): string {
  return decimal(ns / 1e6, 1);
}

/** Nanoseconds since a capture began as seconds, for a column headed "s". */
export function seconds(ns: number, digits = 3): string {
  return decimal(ns / 1e9, digits);
}

/** A duration in running text: "640 ns", "86.4 ms", "1.31 s", "3 min 45 s", "2 h 5 min", "9 d 4 h". */
export function durationWith(ns: number): string {
  const size = Math.abs(ns);
  if (size < 1e3) return `${count(ns)} ns`;
  if (size < 999_500) return `${decimal(ns / 1e3, size < 99_950 ? 1 : 0)} µs`;
  if (size < 999.5e6) return `${decimal(ns / 1e6, size < 99.95e6 ? 1 : 0)} ms`;
  if (size < 9.995e9) return `${decimal(ns / 1e9, 2)} s`;
  if (size < 59.95e9) return `${decimal(ns / 1e9, 1)} s`;
  return longDuration(ns);
}

/** At least a minute: the two largest units. */
function longDuration(ns: number): string {
  const sign = ns < 0 ? MINUS : "";
  const whole = Math.round(Math.abs(ns) / 1e9);
  if (whole < 3600) return `${sign}${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 1440) return `${sign}${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(minutes / 60);
  return `${sign}${count(Math.floor(hours / 24))} d ${hours % 24} h`;
}

/** A size in running text, decimal units as on the wire: "74 B", "18.6 kB", "4.17 MB". */
export function bytesWith(bytes: number): string {
  const size = Math.abs(bytes);
  if (size < 1000) return `${count(bytes)} B`;
  for (const [unit, scale] of [
    ["kB", 1e3],
    ["MB", 1e6],
    ["GB", 1e9],
  ] as const) {
    const value = bytes / scale;
    if (Math.abs(value) < 999.5 || unit === "GB") {
      return `${decimal(value, Math.abs(value) < 9.995 ? 2 : Math.abs(value) < 99.95 ? 1 : 0)} ${unit}`;
    }
  }
  return "";
}

/** How long something has been going on, in whole seconds: "45 s", "3 min 45 s". */
export function agoWith(milliseconds: number): string {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  return whole < 60 ? `${whole} s` : longDuration(whole * 1e9);
}

/** Units of limits, binary and decimal; bytes at the end, of which everything is a whole number. */
const LIMITS = [
  ["GiB", 2 ** 30],
  ["GB", 1e9],
  ["MiB", 2 ** 20],
  ["MB", 1e6],
  ["KiB", 2 ** 10],
  ["kB", 1e3],
  ["B", 1],
] as const;

/** A limit in the largest unit of which it is a whole number: "16 MiB", "2 GB", "1,501 B". */
export function limitWith(bytes: number): string {
  const [unit, scale] = LIMITS.find(([, one]) => bytes >= one && bytes % one === 0) ?? ["B", 1];
  return `${count(bytes / scale)} ${unit}`;
}

/** A rate: three digits, no more: "214/s", "0.3/s". */
export function rateWith(perSecond: number): string {
  return `${decimal(perSecond, perSecond > 0 && perSecond < 9.95 ? 1 : 0)}/s`;
}

/** Bytes a second: "18.6 kB/s". */
export function byteRateWith(perSecond: number): string {
  return `${bytesWith(perSecond)}/s`;
}

/** A share of 1 as "71.8 %". */
export function percentWith(share: number, digits = 1): string {
  return `${decimal(share * 100, digits)} %`;
}

/** What a change would gain: before and after as "−71.8 %". */
export function changeWith(before: number, after: number): string {
  if (before <= 0) return "";
  const share = (after - before) / before;
  return `${share > 0 ? "+" : ""}${decimal(share * 100, 1)} %`;
}

/** An RFC 3339 time as the reader's clock: "14:02". */
export function clock(rfc3339: string): string {
  const date = new Date(rfc3339);
  if (Number.isNaN(date.getTime())) return "";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** An RFC 3339 time as the reader's day: "2026-11-26". */
export function day(rfc3339: string | Date): string {
  const date = new Date(rfc3339);
  if (Number.isNaN(date.getTime())) return "";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
