import { describe, expect, it } from "vitest";

import { needlesOf, sourceOf, valueAt } from "./picking";

const TEXT = '{"id": 7, "note": "a\\nb", "list": [1, {"px": "1.10"}]}';

describe("a picked value", () => {
  it("is looked for by its value, and by whether there is one", () => {
    expect(needlesOf(TEXT, ["list", 1, "px"])).toEqual([
      { shown: 'list.1.px is "1.10"', filter: 'json.list.1.px == "1.10"' },
      { shown: "list.1.px is there", filter: "json.list.1.px != null" },
    ]);
    expect(needlesOf(TEXT, ["id"])[0]?.filter).toBe("json.id == 7");
    expect(needlesOf(TEXT, ["note"])[0]?.filter).toBe('json.note == "a\\nb"');
  });

  it("is looked for by its name alone where it has members, is null or is long", () => {
    const text = JSON.stringify({ a: "x".repeat(300), b: null, c: [1] });
    for (const name of ["a", "b", "c"])
      expect(needlesOf(text, [name]).map((one) => one.filter)).toEqual([`json.${name} != null`]);
  });

  it("has its name in quotes where the filter language asks for them", () => {
    const text = '{"user name": {"a.b": true, "say \\"hi\\"": 1}}';
    expect(needlesOf(text, ["user name", "a.b"])[0]?.filter).toBe('json."user name"."a.b" == true');
    expect(needlesOf(text, ["user name", 'say "hi"'])[0]?.filter).toBe(
      'json."user name"."say \\"hi\\"" == 1',
    );
  });

  it("is not looked for in what is no JSON, nor as a whole", () => {
    expect(needlesOf(null, ["a"])).toEqual([]);
    expect(needlesOf("7", [])).toEqual([]);
    expect(sourceOf("hello", ["a"])).toBeNull();
  });

  it("is found in the tree of another decoder", () => {
    expect(valueAt({ a: [{ b: 1 }] }, ["a", 0, "b"])).toBe(1);
    expect(valueAt({ a: 1 }, ["a", "b"])).toBeUndefined();
    expect(valueAt({}, ["constructor"])).toBeUndefined();
  });
});
