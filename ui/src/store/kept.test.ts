import { expect, test } from "vitest";

import { type Drawer, Kept } from "./kept";
import { drawerOf } from "./testing/drawer";

test("what was kept is read back", () => {
  const drawer = drawerOf();
  expect(new Kept(drawer).write("tabs", [1, 2])).toBe(true);
  expect(new Kept(drawer).read("tabs", [])).toEqual([1, 2]);
});

test("the first drawer that has a name counts", () => {
  const window = drawerOf();
  const machine = drawerOf({ "wirescope.tabs": "[3]" });
  expect(new Kept(window, machine).read("tabs", [])).toEqual([3]);
  window.setItem("wirescope.tabs", "[4]");
  expect(new Kept(window, machine).read("tabs", [])).toEqual([4]);
});

test("what cannot be read is as if it was not there", () => {
  expect(new Kept(drawerOf({ "wirescope.tabs": "{" })).read("tabs", [9])).toEqual([9]);
});

test("a full storage is said, not thrown", () => {
  expect(new Kept(drawerOf({}, 3)).write("tabs", "long enough")).toBe(false);
});

test("a browser that forbids storage costs the memory and nothing else", () => {
  const forbidding: Drawer = {
    getItem: () => {
      throw new DOMException("no", "SecurityError");
    },
    setItem: () => {
      throw new DOMException("no", "SecurityError");
    },
    removeItem: () => undefined,
  };
  const kept = new Kept(forbidding);
  expect(kept.read("tabs", "fallback")).toBe("fallback");
  expect(kept.write("tabs", 1)).toBe(false);
});
