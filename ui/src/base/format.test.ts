import { expect, test } from "vitest";

import * as format from "./format";

test("thousands have commas and a minus is a minus", () => {
  expect(format.count(48211)).toBe("48,211");
  expect(format.count(-1204)).toBe("\u22121,204");
  expect(format.decimal(1204.5, 1)).toBe("1,204.5");
});

test("a number that rounds to nought has no sign", () => {
  expect(format.decimal(-0.01, 1)).toBe("0.0");
});

test("one is singular and everything else plural", () => {
  expect(format.counted(1, "row")).toBe("1 row");
  expect(format.counted(0, "row")).toBe("0 rows");
  expect(format.counted(2, "entry", "entries")).toBe("2 entries");
});

test.each([
  [640, "640 ns"],
  [44_100, "44.1 µs"],
  [86_400_000, "86.4 ms"],
  [186_900_000, "187 ms"],
  [999_700_000, "1.00 s"],
  [1_310_000_000, "1.31 s"],
  [60e9, "1 min 0 s"],
  [225e9, "3 min 45 s"],
  [7500e9, "2 h 5 min"],
  [792_000e9, "9 d 4 h"],
  [-1.5e6, "\u22121.5 ms"],
])("%d ns read as %s", (ns, text) => {
  expect(format.durationWith(ns)).toBe(text);
});

test.each([
  [74, "74 B"],
  [999, "999 B"],
  [18_600, "18.6 kB"],
  [999_900, "1.00 MB"],
  [4_170_000, "4.17 MB"],
  [2_000_000_000, "2.00 GB"],
  [1_500_000_000_000, "1,500 GB"],
])("%d bytes read as %s", (bytes, text) => {
  expect(format.bytesWith(bytes)).toBe(text);
});

test("a span of time is told in whole seconds", () => {
  expect(format.agoWith(1999)).toBe("1 s");
  expect(format.agoWith(-40)).toBe("0 s");
  expect(format.agoWith(225_400)).toBe("3 min 45 s");
});

test("a limit reads in the unit of which it is a whole number", () => {
  expect(format.limitWith(2e9)).toBe("2 GB");
  expect(format.limitWith(16 * 2 ** 20)).toBe("16 MiB");
  expect(format.limitWith(1501)).toBe("1,501 B");
  expect(format.limitWith(0)).toBe("0 B");
});

test("slow rates keep a decimal and silence is a plain nought", () => {
  expect(format.rateWith(214.3)).toBe("214/s");
  expect(format.rateWith(0.31)).toBe("0.3/s");
  expect(format.rateWith(0)).toBe("0/s");
});

test("a saving is shown with its sign", () => {
  expect(format.changeWith(4170, 1180)).toBe("\u221271.7 %");
  expect(format.changeWith(100, 110)).toBe("+10.0 %");
  expect(format.changeWith(0, 10)).toBe("");
});

test("a time that cannot be read is nothing", () => {
  expect(format.clock("yesterday")).toBe("");
  expect(format.day("yesterday")).toBe("");
});
