import { expect, test } from "vitest";

import { ariaShortcut, chord, isCharacter, isMac, label, Sequence } from "./keys";

const PLAIN = { key: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

test("Ctrl is Cmd on a Mac", () => {
  expect(chord({ ...PLAIN, key: "k", ctrlKey: true }, false)).toBe("Ctrl+K");
  expect(chord({ ...PLAIN, key: "k", metaKey: true }, true)).toBe("Ctrl+K");
  expect(isMac("MacIntel")).toBe(true);
  expect(isMac("Linux x86_64")).toBe(false);
});

test("Alt with a letter is that letter on a Mac too, where it makes another character", () => {
  const press = { ...PLAIN, altKey: true, code: "KeyN" };
  expect(chord({ ...press, key: "Dead" }, true)).toBe("Alt+N");
  expect(chord({ ...press, key: "˜", shiftKey: true }, true)).toBe("Alt+Shift+N");
  expect(chord({ ...press, key: "n" }, false)).toBe("Alt+N");
});

test("Shift is named with named keys and left to the character otherwise", () => {
  expect(chord({ ...PLAIN, key: "F10", shiftKey: true }, false)).toBe("Shift+F10");
  expect(chord({ ...PLAIN, key: "?", shiftKey: true }, false)).toBe("?");
  expect(chord({ ...PLAIN, key: "z", ctrlKey: true, shiftKey: true }, false)).toBe("Ctrl+Shift+Z");
  expect(chord({ ...PLAIN, key: "N", shiftKey: true }, false)).toBe("N");
});

test("a bare character is told from a chord", () => {
  expect(isCharacter("j")).toBe(true);
  expect(isCharacter("Space")).toBe(true);
  expect(isCharacter("Ctrl+K")).toBe(false);
  expect(isCharacter("F6")).toBe(false);
});

test("keys are shown as caps say them", () => {
  expect(label("Ctrl+Enter", false)).toBe("Ctrl ↵");
  expect(label("Ctrl+K", true)).toBe("⌘ K");
  expect(label("g w", false)).toBe("g then w");
  expect(ariaShortcut("Ctrl+K", false)).toBe("Control+K");
});

test("a sequence counts for a second", () => {
  const sequence = new Sequence();
  expect(sequence.take("g", 0)).toEqual(["g"]);
  expect(sequence.take("w", 400)).toEqual(["g w", "w"]);
  sequence.clear();
  expect(sequence.take("h", 500)).toEqual(["h"]);
  expect(sequence.take("c", 2000)).toEqual(["c"]);
});
