import { describe, expect, it } from "vitest";

import type { CaptureState, Row } from "../../protocol/generated";
import type { PlotSpec } from "../charts/spec";
import { aligned, merge, mergeBefore, offsetsNs, type Part } from "./clock";

const started = (text: string) => ({ started: text }) as CaptureState;
const part = (times: readonly number[], ended = true, offsetNs = 0): Part => ({
  rows: times.map((at_ns, seq) => ({ at_ns, seq }) as Row),
  offsetNs,
  ended,
});
const shown = (found: ReturnType<typeof merge>) => found.rows.map((one) => [one.side, one.atNs]);

describe("one clock", () => {
  it("begins with the earlier capture and knows fractions of a second", () => {
    const pair = [
      started("2026-11-26T14:00:01.250Z"),
      started("2026-11-26T14:00:00.750000001Z"),
    ] as const;
    expect(offsetsNs(...pair, "wall")).toEqual([499_999_999, 0]);
    expect(offsetsNs(...pair, "own")).toEqual([0, 0]);
  });
});

describe("rows of two captures", () => {
  it("are in the order of time, the left first where both are at once", () => {
    expect(shown(merge([part([1, 5]), part([1, 2], true)], 10))).toEqual([
      [0, 1],
      [1, 1],
      [1, 2],
      [0, 5],
    ]);
  });

  it("stop where one goes on and its next row is not here", () => {
    const found = merge([part([1, 2], false), part([3, 4])], 10);
    expect(shown(found)).toEqual([
      [0, 1],
      [0, 2],
    ]);
    expect(found.taken).toEqual([2, 0]);
  });

  it("are moved to where each capture begins", () => {
    expect(shown(merge([part([1], true, 10), part([2])], 10))).toEqual([
      [1, 2],
      [0, 11],
    ]);
  });

  it("can be read backwards, the last ones first taken", () => {
    const found = mergeBefore([part([1, 5]), part([2, 3])], 3);
    expect(shown(found)).toEqual([
      [1, 2],
      [1, 3],
      [0, 5],
    ]);
    expect(found.taken).toEqual([1, 2]);
  });
});

describe("aligned plots", () => {
  it("share both axes", () => {
    const spec = (min: number, max: number): PlotSpec => ({
      xs: [],
      x: { min: 0, max: 1, ticks: [], name: String },
      y: { min, max, ticks: [], name: String },
      series: [],
      height: 100,
    });
    const [one, none, other] = aligned([spec(-5, 1), null, spec(0, 9)], 0, 20e9);
    expect([one?.y.min, one?.y.max, other?.y.min, other?.x.max]).toEqual([-5, 9, -5, 20]);
    expect(none).toBeNull();
  });
});
