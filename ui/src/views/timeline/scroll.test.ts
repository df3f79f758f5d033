import { describe, expect, it } from "vitest";

import { clamp, furthest, offsetOf, offsetShowing, scaleOf, TALLEST, topOf } from "./scroll";

const LONG = scaleOf(5_000_000, 24, 600);

describe("a list that is longer than an element can be", () => {
  it("has an element within the limit of every browser", () => {
    expect(LONG.whole).toBe(120_000_000);
    expect(LONG.element).toBe(TALLEST);
    expect(LONG.element).toBeLessThan(16_000_000);
  });

  it("reaches its last row at the end of the bar and its first at the begin", () => {
    expect(offsetOf(LONG, LONG.element - LONG.seen)).toBe(furthest(LONG));
    expect(offsetOf(LONG, 0)).toBe(0);
  });

  it("comes back to an offset through the bar within a thousandth of a row", () => {
    for (const offset of [0, 24, 1_000_008, 77_777_777, furthest(LONG)]) {
      expect(Math.abs(offsetOf(LONG, topOf(LONG, offset)) - offset)).toBeLessThan(0.024);
    }
  });

  it("does not scroll beyond its ends", () => {
    expect(clamp(LONG, -5)).toBe(0);
    expect(clamp(LONG, 1e12)).toBe(furthest(LONG));
  });
});

describe("a short list", () => {
  it("scrolls pixel by pixel", () => {
    const scale = scaleOf(1000, 24, 600);
    expect(offsetOf(scale, 4321)).toBe(4321);
    expect(topOf(scale, 4321)).toBe(4321);
  });

  it("does not scroll where everything is seen", () => {
    const scale = scaleOf(3, 24, 600);
    expect(furthest(scale)).toBe(0);
    expect(offsetOf(scale, 17)).toBe(0);
  });
});

describe("showing a line", () => {
  const scale = scaleOf(1000, 24, 240);

  it("stays where the line is seen already", () => {
    expect(offsetShowing(scale, 240, 12, 24)).toBe(240);
  });

  it("goes as far as it has to", () => {
    expect(offsetShowing(scale, 0, 10, 24)).toBe(24);
    expect(offsetShowing(scale, 2400, 10, 24)).toBe(240);
  });

  it("leaves room around it where that is asked for", () => {
    expect(offsetShowing(scale, 0, 50, 24, 48)).toBe(50 * 24 + 24 + 48 - 240);
  });
});
