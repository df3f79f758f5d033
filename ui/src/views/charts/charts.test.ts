import { describe, expect, it } from "vitest";

import { binsOf, fullest } from "./histogram";
import { curveOf, quantile, shareTicks } from "./percentiles";
import { durationLiteral, rangeFilter, rangeIn, rangeOf, secondsTyped, withRange } from "./range";
import { enlargement, linearTicks, logTicks, short } from "./ticks";

describe("ticks", () => {
  it("of a log axis are 1, 2 and 5 where there is room, decades where there is not", () => {
    expect(logTicks(30, 600)).toEqual([50, 100, 200, 500]);
    expect(logTicks(0.1, 1000)).toEqual([0.1, 1, 10, 100, 1000]);
    expect(logTicks(1, 1e12, 5).length).toBeLessThanOrEqual(5);
    expect(logTicks(0, 10)).toEqual([]);
  });

  it("of a linear axis are round", () => {
    expect(linearTicks(0, 7.3)).toEqual([0, 2, 4, 6]);
    expect(linearTicks(-600, 20)).toEqual([-600, -400, -200, 0]);
    expect(linearTicks(0, 0)).toEqual([0]);
  });

  it("are short", () => {
    expect([0, 0.25, 20, 1500, 15000, 2.5e6].map(short)).toEqual([
      "0",
      "0.25",
      "20",
      "1,500",
      "15k",
      "2.5M",
    ]);
  });

  it("enlarge a direction that would not be seen", () => {
    expect(enlargement(10, 50)).toBe(1);
    expect(enlargement(10, 500)).toBe(10);
    expect(enlargement(0, 500)).toBe(1);
  });
});

describe("a range", () => {
  it("is whole milliseconds, in order, whichever way it was drawn", () => {
    expect(rangeOf(2_500_400_000, 1_200_700_000)).toEqual({
      fromNs: 1_200_000_000,
      toNs: 2_501_000_000,
    });
  });

  it("keeps nanoseconds where it is short, and is never empty", () => {
    expect(rangeOf(1000.4, 1000.2)).toEqual({ fromNs: 1000, toNs: 1001 });
  });

  it("is a filter", () => {
    expect(rangeFilter({ fromNs: 98e9, toNs: 122.25e9 })).toBe("at >= 98s and at < 122.25s");
    expect(durationLiteral(1)).toBe("1ns");
    expect(durationLiteral(0)).toBe("0s");
  });

  it("joins a filter, takes the place of another range, and goes again", () => {
    const range = { fromNs: 0, toNs: 1e9 };
    const joined = withRange('text ~ "a" or fin', range);
    expect(joined).toBe('(text ~ "a" or fin) and at >= 0s and at < 1s');
    expect(withRange(joined, { fromNs: 1e9, toNs: 2e9 })).toBe(
      '(text ~ "a" or fin) and at >= 1s and at < 2s',
    );
    expect(withRange(joined, null)).toBe('text ~ "a" or fin');
    expect(withRange(withRange("", range), null)).toBe("");
  });

  it("is read back from a filter that was made of it", () => {
    const range = { fromNs: 98_000_000_000, toNs: 122_250_000_001 };
    expect(rangeIn(withRange("fin", range))).toEqual(range);
    expect(rangeIn(rangeFilter(range))).toEqual(range);
    expect(rangeIn("fin and at > 2s")).toBeNull();
    expect(rangeIn("")).toBeNull();
  });

  it("is typed in seconds", () => {
    expect(secondsTyped("1,200.5 s")).toBe(1200.5e9);
    expect(secondsTyped("soon")).toBeNull();
  });
});

describe("the percentile plot", () => {
  it("interpolates as the figures do", () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([7], 0.99)).toBe(7);
  });

  it("ends where the number of values does", () => {
    const curve = curveOf(Array.from({ length: 1000 }, (_, at) => at + 1));
    expect(curve[0]).toMatchObject({ x: 0, value: 1 });
    expect(curve.at(-1)?.x).toBeCloseTo(3);
    expect(curve.at(-1)?.value).toBeCloseTo(999, 0);
  });

  it("gives the values themselves where they are few", () => {
    expect(curveOf([3, 1]).map((point) => point.value)).toEqual([1, 3]);
    expect(curveOf([])).toEqual([]);
  });

  it("names the nines", () => {
    expect(shareTicks(3).map((tick) => tick.name)).toEqual(["0", "50", "90", "99", "99.9"]);
  });
});

describe("a histogram", () => {
  const bins = binsOf({ sent: { "0": 1, "3": 2 }, received: { "2": 5 } });

  it("has a bin for each length between the first and the last", () => {
    expect(bins.map((bin) => [bin.from, bin.to, bin.sent, bin.received])).toEqual([
      [0, 0, 1, 0],
      [1, 1, 0, 0],
      [2, 3, 0, 5],
      [4, 7, 2, 0],
    ]);
    expect(binsOf({ sent: {}, received: {} })).toEqual([]);
  });

  it("knows where most are", () => {
    expect(fullest(bins, "sent")).toMatchObject({ bin: { from: 4 }, share: 2 / 3 });
    expect(fullest([], "sent")).toBeUndefined();
  });
});
