import { expect, test } from "vitest";

import { type Drawer, drawerAt, Kept } from "./kept";
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

test("what is of another kind is as if it was not there", () => {
  const another = drawerOf({ "wirescope.tabs": "null", "wirescope.start": "[1]" });
  expect(new Kept(another).read("tabs", { all: 1 })).toEqual({ all: 1 });
  expect(new Kept(another, drawerOf({ "wirescope.start": '"x"' })).read("start", "")).toBe("x");
});

test("a browser that forbids even to ask for its storage costs no more", () => {
  const kept = new Kept(
    drawerAt(() => {
      throw new DOMException("no", "SecurityError");
    }),
  );
  expect([kept.read("tabs", [9]), kept.write("tabs", [1])]).toEqual([[9], false]);
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
  };
  const kept = new Kept(forbidding);
  expect(kept.read("tabs", "fallback")).toBe("fallback");
  expect(kept.write("tabs", 1)).toBe(false);
});
