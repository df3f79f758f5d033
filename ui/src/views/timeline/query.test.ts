import { describe, expect, it } from "vitest";

import { suggest, taken } from "./query";

const KNOWN = { fields: ["type", "direction", "length", "masked", "text"], types: ["finding"] };
const words = (typed: string) => suggest(typed, KNOWN).found.map((one) => one.word);

describe("completion of a filter", () => {
  it("begins with fields", () => {
    expect(words("")).toEqual([...KNOWN.fields, "json.", "not"]);
    expect(words("di")).toEqual(["direction"]);
    expect(words("direction == sent and le")).toEqual(["length"]);
    expect(words("(ma")).toEqual(["masked"]);
  });

  it("goes on with operators that the field can be compared with", () => {
    expect(words("direction ")).toContain("~");
    expect(words("length ")).toContain(">=");
    expect(words("length ")).not.toContain("~");
    expect(words("masked ")).toEqual(["and", "or"]);
  });

  it("offers the values of a field", () => {
    expect(words("direction == s")).toEqual(["sent"]);
    expect(words("direction in (sent, ")).toEqual(["sent", "received"]);
    expect(words("type ==")).toEqual(["finding"]);
  });

  it("offers nothing for a word that is no field, be it one that every object has", () => {
    expect(words("constructor == ")).toEqual([]);
    expect(words("toString in (")).toEqual([]);
  });

  it("joins after a value, and is silent inside quotes", () => {
    expect(words("direction == sent ")).toEqual(["and", "or"]);
    expect(words('text ~ "dir')).toEqual([]);
    expect(words('text ~ "a\\" dir')).toEqual([]);
  });

  it("knows paths into JSON by what they begin with", () => {
    expect(words("masked and js")).toEqual(["json."]);
    expect(taken("js", 0, { word: "json.", note: "" })).toBe("json.");
    expect(words("json.type ")).toEqual(expect.arrayContaining(["==", "~", ">="]));
    expect(words("json.type == ")).toEqual(["true", "false", "null"]);
    expect(words("json.type == trade ")).toEqual(["and", "or"]);
  });

  it("takes the place of the word that was begun", () => {
    const { from, found } = suggest("masked and di", KNOWN);
    expect(found[0] && taken("masked and di", from, found[0])).toBe("masked and direction ");
  });
});
