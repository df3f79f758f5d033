// Histograms by bit length, as the server gives them: bin b holds values from 2^(b−1) to 2^b − 1, bin 0
// only 0.

export interface Bin {
  bits: number;
  /** The smallest and the largest value in it. */
  from: number;
  to: number;
  sent: number;
  received: number;
}

type Counts = Readonly<Record<string, number>>;

/** All bins from the first that holds something to the last. */
export function binsOf(histogram: Readonly<Record<string, Counts>>): Bin[] {
  const sent = histogram["sent"] ?? {};
  const received = histogram["received"] ?? {};
  const known = [...Object.keys(sent), ...Object.keys(received)]
    .map(Number)
    .filter(Number.isInteger);
  if (known.length === 0) return [];
  const first = Math.min(...known);
  const last = Math.max(...known);
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const bits = first + at;
    return {
      bits,
      from: bits === 0 ? 0 : 2 ** (bits - 1),
      to: 2 ** bits - 1,
      sent: sent[bits] ?? 0,
      received: received[bits] ?? 0,
    };
  });
}

/** The bin that holds most of a direction, and which share that is; undefined where it has none. */
export function fullest(
  bins: readonly Bin[],
  way: "sent" | "received",
): { bin: Bin; share: number } | undefined {
  const total = bins.reduce((sum, bin) => sum + bin[way], 0);
  if (total === 0) return undefined;
  const bin = bins.reduce((best, one) => (one[way] > best[way] ? one : best));
  return { bin, share: bin[way] / total };
}
