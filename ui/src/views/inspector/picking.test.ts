import { describe, expect, it } from "vitest";

import { needlesOf, sourceOf, valueAt } from "./picking";

const TEXT = '{"id": 7, "note": "a\\nb", "list": [1, {"px": "1.10"}]}';

describe("a picked value", () => {
  it("is looked for as it is written, and by its name alone", () => {
    expect(needlesOf(TEXT, ["list", 1, "px"])).toMatchObject([
      { text: '"px": "1.10"', filter: 'text ~ "\\"px\\": \\"1.10\\""' },
      { text: '"px"', shown: '"px"' },
    ]);
  });

  it("is looked for by itself where it has no name", () => {
    expect(needlesOf(TEXT, ["list", 0]).map((one) => one.text)).toEqual(["1"]);
  });

  it("is not looked for when it is so long that it hardly comes twice", () => {
    const text = JSON.stringify({ a: "x".repeat(300) });
    expect(needlesOf(text, ["a"]).map((one) => one.text)).toEqual(['"a"']);
  });

  it("is not looked for in what is no JSON", () => {
    expect(needlesOf(null, ["a"])).toEqual([]);
    expect(sourceOf("hello", ["a"])).toBeNull();
  });

  it("is found in the tree of another decoder", () => {
    expect(valueAt({ a: [{ b: 1 }] }, ["a", 0, "b"])).toBe(1);
    expect(valueAt({ a: 1 }, ["a", "b"])).toBeUndefined();
    expect(valueAt({}, ["constructor"])).toBeUndefined();
  });
});
