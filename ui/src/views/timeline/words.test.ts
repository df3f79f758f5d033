import { describe, expect, it } from "vitest";

import { Flags, type Row } from "../../protocol/generated";
import { readTime } from "./commands";
import {
  asExpression,
  both,
  deflection,
  foundIn,
  marksOf,
  numbers,
  quoted,
  sentence,
} from "./words";

const ROW: Row = {
  ...{ seq: 13, last_seq: 13, at_ns: 14.446e9, gap_ns: 0, layer: "message", kind: "text" },
  ...{ direction: "received", connection: "c1", flags: Flags.FIN, length: 5148 },
  ...{ wire_length: 5160, count: 3, text: "", is_hex: false, answers: 9, latency_ns: 44_100_000 },
  channel: -1,
};

describe("a row as a sentence", () => {
  it("says what it is, how large and what it answers", () => {
    expect(sentence(ROW)).toBe("13, received text, 3 frames, 5,160 bytes, answers 9 after 44.1 ms");
  });

  it("names what cannot be seen in a payload", () => {
    expect(sentence({ ...ROW, answers: 0, text: "a\u202eb" })).toMatch(/a\\u202eb$/);
  });

  it("cuts no character of a long payload in two", () => {
    const text = `${"x".repeat(119)}\u{1f600}`;
    expect(sentence({ ...ROW, answers: 0, text })).toMatch(/, x{119}$/);
  });

  it("says that a frame is not the last and breaks the protocol", () => {
    const flags = Flags.ILLEGAL;
    const frame: Row = { ...ROW, layer: "frame", count: 0, answers: 0, flags };
    expect(sentence(frame)).toBe(
      "13, received text, more follows, breaks the protocol, 5,160 bytes",
    );
  });

  it("counts a fold from its first event to its last", () => {
    const fold: Row = { ...ROW, layer: "fold", last_seq: 58, text: "39 alike" };
    expect(numbers(fold)).toBe("13–58");
    expect(sentence(fold)).toBe("13 to 58, folded, 39 alike");
  });
});

describe("marks of a header", () => {
  it("are what is out of the ordinary for the direction", () => {
    const frame: Row = { ...ROW, layer: "frame", count: 0 };
    expect(marksOf({ ...frame, flags: Flags.FIN | Flags.MASKED })).toEqual(["masked"]);
    expect(marksOf({ ...frame, direction: "sent" })).toEqual(["unmasked"]);
    expect(marksOf({ ...frame, flags: Flags.FIN | Flags.RSV1 | Flags.RSV2 })).toEqual([
      "RSV1",
      "RSV2",
    ]);
  });
});

describe("the deflection of a size", () => {
  it("grows with its digits and stays within the column", () => {
    expect(deflection(0)).toBe(0);
    expect(deflection(1)).toBeGreaterThanOrEqual(3);
    expect(deflection(1000)).toBeGreaterThan(deflection(100));
    expect(deflection(1e12)).toBeLessThanOrEqual(44);
  });
});

describe("what is typed into the field", () => {
  it("is looked for in payloads where it is plain words", () => {
    expect(asExpression(" say hello ")).toBe('text ~* "say hello"');
    expect(asExpression('a "quoted" one')).toBe('text ~* "a \\"quoted\\" one"');
  });

  it("stays an expression where it is one", () => {
    expect(asExpression("length > 1kB")).toBe("length > 1kB");
    expect(asExpression("masked")).toBe("masked");
    expect(asExpression("")).toBe("");
  });

  it("is quoted and joined so that the filter language reads it back", () => {
    expect(quoted("a\\b\n")).toBe('"a\\\\b\\n"');
    expect(both("a == 1 or b == 2", "masked")).toBe("(a == 1 or b == 2) and (masked)");
    expect(both("", "masked")).toBe("masked");
  });
});

describe("a time to go to", () => {
  it("has a unit", () => {
    expect(readTime("14.4 s")).toBe(14_400_000_000);
    expect(readTime("250ms")).toBe(250_000_000);
    expect(readTime("14")).toBeNull();
  });
});

describe("how many rows were found", () => {
  it("says whether it is all of them", () => {
    expect(foundIn({ total: 1200, complete: true, problem: "" }, "found")).toBe("1,200 found");
    expect(foundIn({ total: 12, complete: false, problem: "" }, "marked")).toBe("12 so far");
  });

  it("says no number where the filter cannot be read", () => {
    expect(foundIn({ total: 0, complete: true, problem: "An operator is missing." }, "found")).toBe(
      "",
    );
  });
});
