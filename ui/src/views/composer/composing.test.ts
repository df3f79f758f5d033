import { expect, test } from "vitest";

import { breaches, closeMeaning, mayBeSent } from "./frames";
import { loadInto, modeOf, withMode } from "./modes";
import { sizeSaid } from "./sizes";
import { misspelt, placeOf, respelled } from "./spelling";
import { Tab } from "../../store/tabs.svelte";

test("what is misspelt is found at its place", () => {
  expect(misspelt("hex", "93 ax")).toEqual({ message: "“x” is not a hex digit.", at: 4 });
  expect(misspelt("base64", "ab*d")?.at).toBe(2);
  expect(misspelt("json", '{"a":1,}')?.at).toBe(7);
});

test("base64 is asked for as the server reads it: standard digits, filled up", () => {
  expect(misspelt("base64", "_-8=")?.message).toContain("URL");
  expect(misspelt("base64", "YWI")?.message).toContain("filled up");
  expect(misspelt("base64", "YW Jj\n")).toBeNull();
});

test("texts with variables are judged only once these are known", () => {
  expect(misspelt("hex", "93 {{key}}")).toBeNull();
  expect(misspelt("text", "anything")).toBeNull();
});

test("a text becomes the same bytes in another spelling, and comes back", () => {
  expect(respelled("text", "hex", "hä")).toBe("68 c3 a4");
  expect(respelled("hex", "base64", "68 c3 a4")).toBe("aMOk");
  expect(respelled("base64", "text", "aMOk")).toBe("hä");
});

test("bytes that are no text, and variables, are not spelled anew", () => {
  expect(respelled("hex", "text", "ff")).toBeNull();
  expect(respelled("text", "hex", "{{a}}")).toBeNull();
});

test("a place is told by line and column", () => {
  expect(placeOf("a\nbc", 3)).toEqual({ line: 2, column: 2 });
});

test("no text is lost on the way through the modes", () => {
  const start = { form: "text" as const, body: "one" };
  const hex = withMode(start, {}, "hex", false);
  const typed = { ...hex.composer, body: "ff" };
  const control = withMode(typed, hex.bodies, "control", false);
  expect(modeOf(control.composer)).toBe("control");
  const back = withMode(control.composer, control.bodies, "json", false);
  expect(back.composer).toMatchObject({ form: "json", body: "one", opcode: null });
  expect(withMode(back.composer, back.bodies, "hex", false).composer.body).toBe("ff");
});

test("a saved message takes the composer and leaves what stood there in its drawer", () => {
  const tab = new Tab({ id: "t1", composer: { form: "hex", body: "aa" } });
  loadInto(tab, { form: "json", body: "{}" }, "greetings/hello");
  expect(tab.composer).toEqual({ form: "json", body: "{}" });
  expect(tab.bodies["hex"]).toBe("aa");
  expect(tab.message).toBe("greetings/hello");
});

test("a frame within the protocol has nothing against it", () => {
  expect(breaches({ opcode: 1, fin: true, masked: true, rsv: 0 }, 10)).toEqual([]);
  expect(breaches({ form: "text", masked: false }, 10)).toEqual([]);
});

test("each breach is named with its clause", () => {
  const all = breaches({ opcode: 11, fin: false, masked: false, rsv: 4 }, 126).join(" ");
  for (const clause of ["(5.1)", "(5.2)", "(5.4)", "(5.5)"]) expect(all).toContain(clause);
});

test("close codes that stand for what was not sent may not be sent", () => {
  expect([1000, 3000, 4999].every(mayBeSent)).toBe(true);
  expect([999, 1005, 1006, 1015, 2000, 5000].some(mayBeSent)).toBe(false);
  expect(closeMeaning(1006)).toContain("never sent");
});

test("a size says what is content and what frame headers add to it", () => {
  const size = { length: 1800, wire_length: 1808 };
  expect(sizeSaid(size, 1, false)).toBe("1,800 B of content, 1,808 B with its frame header");
  expect(sizeSaid({ length: 0, wire_length: 6 }, 1, false)).toBe(
    "No content, 6 B with its frame header",
  );
  expect(sizeSaid(size, 2, true)).toMatch(/with its frame headers, before compression$/);
});
