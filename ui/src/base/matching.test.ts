import { expect, test } from "vitest";

import { best, fits } from "./matching";

const NAMES = ["Close the connection", "Connect", "Clear the filter", "Open price feed"];

test("every word must occur, in any order", () => {
  expect(fits("feed open", "Open price feed")).toBeGreaterThan(0);
  expect(fits("feed shut", "Open price feed")).toBe(0);
});

test("a name that begins with the text comes first", () => {
  expect(best("con", NAMES, (name) => name)).toEqual(["Connect", "Close the connection"]);
});

test("no text keeps all in order", () => {
  expect(best(" ", NAMES, (name) => name)).toEqual(NAMES);
});
