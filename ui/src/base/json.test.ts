import { expect, test } from "vitest";

import { jsonProblem } from "./json";

const VALID = [
  '{"a": [1, -2.5e3, true, null, "x\\u00e4"]}',
  "[]",
  "{}",
  ' "text" ',
  "-0",
  '{"id": {{next}}, "to": "{{name}}"}',
];

const BROKEN: [string, number][] = [
  ['{"a":1,}', 7],
  ["[1,]", 3],
  ["[1 2]", 3],
  ['{"a" 1}', 5],
  ["{a:1}", 1],
  ['"open', 0],
  ["01", 1],
  ["tru", 0],
  ['"\\x"', 1],
  ["[1] 2", 4],
  ['{"a":', 5],
];

test.each(VALID)("%s is JSON", (text) => expect(jsonProblem(text)).toBeNull());

test.each(BROKEN)("%s is none, and the place is told", (text, at) =>
  expect(jsonProblem(text)?.at).toBe(at),
);

test.each([...VALID.slice(0, 5), ...BROKEN.map(([text]) => text)])(
  "the browser is of the same mind about %s",
  (text) => {
    let valid = true;
    try {
      JSON.parse(text);
    } catch {
      valid = false;
    }
    expect(jsonProblem(text) === null).toBe(valid);
  },
);

test("nesting without end is refused in words", () => {
  expect(jsonProblem("[".repeat(10_000))?.message).toContain("levels");
});

test("an empty text has no problem", () => expect(jsonProblem("  ")).toBeNull());
