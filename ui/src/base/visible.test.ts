import { expect, test } from "vitest";

import { cut, runs, visible } from "./visible";

test("plain text, other scripts and emoji stay as they are", () => {
  const text = "Grüße, שלום, 你好, 👋🏽";
  expect(runs(text)).toEqual([{ text, escaped: false }]);
});

test("an override of direction is named and cannot turn the line", () => {
  expect(runs("photo\u202egpj.exe")).toEqual([
    { text: "photo", escaped: false },
    { text: "\\u202e", escaped: true },
    { text: "gpj.exe", escaped: false },
  ]);
});

test("neighbouring controls are one run", () => {
  expect(runs("\r\n\0")).toEqual([{ text: "\\r\\n\\0", escaped: true }]);
});

test("lines can be kept where a text has its own lines", () => {
  expect(visible("a\n\tb\r", true)).toBe("a\n\tb\\r");
});

test("a lone surrogate and a tag character have their numbers", () => {
  expect(visible("\ud800|\u{e0041}")).toBe("\\ud800|\\u{e0041}");
});

test("an invisible space between letters is seen", () => {
  expect(visible("pay\u200bpal")).toBe("pay\\u200bpal");
});

test("what looks like nothing at all has a name", () => {
  for (const point of [0x034f, 0x2800, 0xfffe, 0xffff, 0xe0041]) {
    expect(visible(`a${String.fromCodePoint(point)}b`)).toContain(point.toString(16));
  }
});

test("a text is cut between characters", () => {
  expect(cut("ab\u{1f600}c", 3)).toBe("ab");
  expect(cut("ab\u{1f600}c", 4)).toBe("ab\u{1f600}");
  expect(cut("ab", 3)).toBe("ab");
});
