import { expect, test } from "vitest";

import { Lru } from "./lru";

test("the entry that was used longest ago goes first", () => {
  const lru = new Lru<number, string>(2);
  lru.set(1, "one");
  lru.set(2, "two");
  lru.get(1);
  lru.set(3, "three");
  expect([lru.has(1), lru.has(2), lru.has(3)]).toEqual([true, false, true]);
  expect(lru.size).toBe(2);
});
