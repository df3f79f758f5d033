import { expect, test } from "vitest";

import { apart, ownQuery, queryInWords, withoutQuery, withQuery } from "./query";

const pair = (name: string, value: string | null = "", enabled = true) => ({
  name,
  value,
  enabled,
});

test("an address is taken apart and put together the same", () => {
  const url = "wss://example.net/a?b=1#c";
  const { base, query, fragment } = apart(url);
  expect([base, query, fragment]).toEqual(["wss://example.net/a", "b=1", "#c"]);
  expect(`${base}?${query}${fragment}`).toBe(url);
});

test("a question mark within a variable begins no query", () => {
  expect(apart("wss://{{host?}}/a").query).toBeNull();
});

test("parameters of the address are decoded, and one without = has no value", () => {
  expect(ownQuery("ws://h/?a%20b=1%262&flag&x=")).toEqual([
    pair("a b", "1&2"),
    pair("flag", null),
    pair("x", ""),
  ]);
});

test("an escape that is none is shown as it stands", () => {
  expect(ownQuery("ws://h/?a=100%")).toEqual([pair("a", "100%")]);
});

test("the table is written behind the address's own query and before its fragment", () => {
  expect(withQuery("ws://h/p?a=1#f", [pair("b", "x&y"), pair("c", null)])).toBe(
    "ws://h/p?a=1&b=x%26y&c#f",
  );
});

test("what is not sent is not written, and variables stay as they are", () => {
  const pairs = [pair("a", "1", false), pair("t", "{{token}}/2")];
  expect(withQuery("ws://h/p", pairs)).toBe("ws://h/p?t={{token}}/2");
});

test("what was taken over into the table and written back is the same address", () => {
  const url = "ws://h/p?a=1&b=two%20words&c";
  expect(withQuery(withoutQuery(url), ownQuery(url))).toBe(url);
});

test("the sentence counts both sources", () => {
  expect(queryInWords("ws://h/?a=1", [pair("b", "2"), pair("c", "3")])).toBe(
    "The address has 1 parameter of its own, then these 2 follow.",
  );
  expect(queryInWords("ws://h/", [pair("b", "2", false)])).toBe("No query is sent.");
});
