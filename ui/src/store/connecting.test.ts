import { expect, test } from "vitest";

import type { Item } from "../protocol/generated";
import { fieldsOf, isChanged, withField } from "./connecting";

const DEFAULTS = { url: "", headers: [], strict: false };
const ITEM: Item = {
  kind: "endpoint",
  path: "feed",
  value: { url: "wss://feed", headers: [{ name: "A", value: "1" }] },
  digest: "1",
};

test("what was typed goes before the file, and the file before the defaults", () => {
  expect(fieldsOf(DEFAULTS, ITEM, { url: "wss://typed" })).toEqual({
    url: "wss://typed",
    headers: [{ name: "A", value: "1" }],
    strict: false,
  });
});

test("a field that is typed back to what the file says is no change", () => {
  const draft = withField(DEFAULTS, ITEM, {}, "url", "wss://other");
  expect(isChanged(draft)).toBe(true);
  expect(withField(DEFAULTS, ITEM, draft, "url", "wss://feed")).toEqual({});
  expect(withField(DEFAULTS, ITEM, {}, "headers", [{ name: "A", value: "1" }])).toEqual({});
});

test("without a file everything that was typed is kept", () => {
  expect(withField(DEFAULTS, undefined, {}, "url", "")).toEqual({ url: "" });
});
