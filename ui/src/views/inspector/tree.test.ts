import { describe, expect, it } from "vitest";

import { treeLines, typeOf, WINDOW } from "./tree";

const NONE = { open: new Map<string, boolean>(), shown: new Map<string, number>() };
const ids = (value: unknown, state = NONE) => treeLines(value, state).map((line) => line.id);

describe("the lines of a decoded value", () => {
  it("are its members, opened two levels down", () => {
    const value = { id: 7, bids: [{ px: "1.0", deep: { x: 1 } }] };
    const seen = ["$.id", "$.bids", "$.bids[0]", "$.bids[0].px", "$.bids[0].deep"];
    expect(ids(value)).toEqual(seen);
    const open = new Map([["$.bids[0].deep", true]]);
    expect(ids(value, { ...NONE, open })).toEqual([...seen, "$.bids[0].deep.x"]);
  });

  it("are a window of a long list, and a line that says how many more there are", () => {
    const value = { all: Array.from({ length: 1000 }, (_, at) => at) };
    const open = new Map([["$.all", true]]);
    const lines = treeLines(value, { ...NONE, open });
    expect(lines).toHaveLength(1 + WINDOW + 1);
    expect(lines.at(-1)).toMatchObject({ kind: "more", shown: "900 more of 1,000" });
  });

  it("are so many at most, and the last says that there are more", () => {
    const all = Array.from({ length: 5000 }, (_, at) => ({ at }));
    const lines = treeLines(all, { ...NONE, shown: new Map([["$", 5000]]) });
    expect(lines).toHaveLength(3001);
    expect(lines.at(-1)).toMatchObject({ kind: "end" });
  });

  it("are one line for a value alone", () => {
    expect(treeLines("hello", NONE)).toMatchObject([{ shown: '"hello"', kind: "leaf" }]);
  });

  it("show bytes as a leaf and name characters that cannot be seen", () => {
    const [bytes, text] = treeLines({ b: { base64: "3q0=" }, t: "a\u202eb" }, NONE);
    expect(bytes).toMatchObject({ kind: "leaf", shown: "base64 3q0=", type: "bytes" });
    expect(text?.shown).toBe('"a\\u202eb"');
  });
});

describe("the type of a value", () => {
  it("says what it may stand for", () => {
    expect(typeOf("1.08412")).toBe("number sent as string");
    expect(typeOf(1795356142423)).toMatch(/^2026-11-2\d .* UTC$/);
    expect(typeOf(12)).toBe("integer");
    expect(typeOf(2 ** 60)).toBe("number, rounded");
  });

  it("does not take versions and digits that begin with zeros for numbers", () => {
    expect(typeOf("2.0", "jsonrpc")).toBe("string");
    expect(typeOf("2.1", "protocolVersion")).toBe("string");
    expect(typeOf("007")).toBe("string");
    expect(treeLines({ jsonrpc: "2.0", px: "2.0" }, NONE).map((line) => line.type)).toEqual([
      "string",
      "number sent as string",
    ]);
  });
});
