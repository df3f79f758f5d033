import { describe, expect, it } from "vitest";

import { Unfolded } from "./unfolded";

const TWO = new Unfolded([
  { index: 7, seq: 70, lines: 2 },
  { index: 3, seq: 30, lines: 3 },
]);

describe("unfolded rows", () => {
  it("are lines as they stand where nothing is unfolded", () => {
    const none = new Unfolded();
    expect(none.at(12)).toEqual({ index: 12, child: -1 });
    expect(none.lineOf(12)).toBe(12);
    expect(none.lines).toBe(0);
  });

  it("have their lines below them and push the others down", () => {
    const lines = Array.from({ length: 14 }, (_, line) => TWO.at(line));
    expect(lines.map(({ index, child }) => (child < 0 ? `${index}` : `${index}.${child}`))).toEqual(
      "0 1 2 3 3.0 3.1 3.2 4 5 6 7 7.0 7.1 8".split(" "),
    );
  });

  it("find the line of each row", () => {
    expect([0, 3, 4, 7, 8].map((index) => TWO.lineOf(index))).toEqual([0, 3, 7, 10, 13]);
    expect(TWO.lines).toBe(5);
  });

  it("can be folded again, and grow", () => {
    expect(TWO.without(30).lineOf(8)).toBe(10);
    expect(TWO.with({ index: 3, seq: 30, lines: 9 }).lineOf(4)).toBe(13);
    expect(TWO.of(30)?.lines).toBe(3);
    expect(TWO.without(30).of(30)).toBeUndefined();
  });
});
