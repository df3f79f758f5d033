import { expect, test } from "vitest";

import { alike, without } from "./records";

test("a copy without an entry leaves the record as it was", () => {
  const record = { a: 1, b: 2 };
  expect(without(record, "a")).toEqual({ b: 2 });
  expect(record).toEqual({ a: 1, b: 2 });
});

test("only what is of the pattern's kind is taken over", () => {
  const pattern = { name: "", list: [1], inner: { a: 1 }, on: false };
  const found = { name: 7, list: [], inner: null, on: true, more: "x" };
  expect(alike(pattern, found)).toEqual({ name: "", list: [], inner: { a: 1 }, on: true });
  expect(alike(pattern, null)).toEqual(pattern);
  expect(alike(pattern, ["name"])).toEqual(pattern);
});
