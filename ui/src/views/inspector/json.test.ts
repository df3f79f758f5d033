import { describe, expect, it } from "vitest";

import { locate, pathAt, pathText, pretty } from "./json";

const TEXT =
  '{"id":7, "bids":[{"px":"1.08","qty":2.50},{"px":"]}"}], "a\\u0062":12345678901234567890}';
const at = (...path: (string | number)[]) => {
  const span = locate(TEXT, path);
  return span && TEXT.slice(span.from, span.to);
};

describe("a value in JSON as it was written", () => {
  it("is found by its path", () => {
    expect(at("id")).toBe("7");
    expect(at("bids", 1, "px")).toBe('"]}"');
    expect(at("bids", 0)).toBe('{"px":"1.08","qty":2.50}');
  });

  it("keeps every digit and finds names that are written with escapes", () => {
    expect(at("ab")).toBe("12345678901234567890");
    expect(at("bids", 0, "qty")).toBe("2.50");
  });

  it("is not found where there is none", () => {
    expect(at("bids", 2)).toBeNull();
    expect(at("id", "x")).toBeNull();
    expect(locate("42[]x", ["a"])).toBeNull();
    expect(locate('{"a":', ["a"])).toBeNull();
  });

  it("takes the last of two with one name", () => {
    const span = locate('{"a":1,"a":2}', ["a"]);
    expect(span?.from).toBe(11);
  });
});

describe("the path at a character", () => {
  it("is that of the innermost value, name included", () => {
    expect(pathAt(TEXT, TEXT.indexOf('"px":"]'))).toEqual(["bids", 1, "px"]);
    expect(pathAt(TEXT, TEXT.indexOf("2.50"))).toEqual(["bids", 0, "qty"]);
    expect(pathAt(TEXT, 0)).toEqual([]);
  });

  it("is null in what is no JSON", () => {
    expect(pathAt("hello {", 2)).toBeNull();
  });
});

describe("a path as text", () => {
  it("quotes only names that need it", () => {
    expect(pathText(["bids", 0, "px", "a b"])).toBe('$.bids[0].px["a b"]');
  });
});

describe("JSON laid out", () => {
  it("has a line for each member and the numbers as they were", () => {
    expect(pretty('{"a":[1.50,{}],"b":[]}')).toBe(
      '{\n  "a": [\n    1.50,\n    {}\n  ],\n  "b": []\n}',
    );
  });

  it("is not made of what is nested beyond all sense, and that is known at once", () => {
    const deep = "[".repeat(400_000) + "]".repeat(400_000);
    const began = performance.now();
    expect(pretty(deep)).toBeNull();
    expect(pathAt(deep, 400_000)).toBeNull();
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it("is null for what is none", () => {
    expect(pretty('{"a":1} x')).toBeNull();
    expect(pretty("hello,")).toBeNull();
  });
});
