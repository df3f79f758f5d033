import { describe, expect, it } from "vitest";

import { barHeight, bars, moved, topOfScale, waitMs, zoomed } from "./trace";

const WHOLE = { fromNs: 0, toNs: 1_000_000 };

describe("bars of the overview", () => {
  it("are logarithmic: a heartbeat is seen beside a snapshot", () => {
    const top = topOfScale([6, 3_000_000]);
    expect(top).toBe(4_194_304);
    expect(barHeight(0, top)).toBe(0);
    expect(barHeight(6, top)).toBeGreaterThan(1);
    expect(barHeight(3_000_000, top)).toBeLessThanOrEqual(30);
  });

  it("leave out what is empty", () => {
    expect(bars([0, 100, 0], 1024, -1)).toMatch(/^M1\.5 32v-\d+\.\d$/);
  });
});

describe("zooming", () => {
  it("keeps the moment under the pointer where it is", () => {
    const half = zoomed(WHOLE, 250_000, 0.5, WHOLE);
    expect(half).toEqual({ fromNs: 125_000, toNs: 625_000 });
  });

  it("ends at the whole capture and stays within it", () => {
    expect(zoomed({ fromNs: 0, toNs: 600_000 }, 0, 4, WHOLE)).toEqual(WHOLE);
    expect(moved({ fromNs: 0, toNs: 400_000 }, 900_000, WHOLE)).toEqual({
      fromNs: 600_000,
      toNs: 1_000_000,
    });
  });
});

describe("when the overview is drawn anew", () => {
  it("is once a second as the capture grows, and at once when it is over", () => {
    expect(waitMs(false, true, 300)).toBe(700);
    expect(waitMs(false, true, 5000)).toBe(0);
    expect(waitMs(false, false, 300)).toBeLessThan(100);
  });
});
