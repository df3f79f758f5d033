import { expect, test } from "vitest";

import { Kept } from "./kept";
import { Preferences } from "./preferences.svelte";
import { drawerOf } from "./testing/drawer";

test("a choice outlives the page", () => {
  const kept = new Kept(drawerOf());
  new Preferences(kept).theme = "dark";
  expect(new Preferences(kept).theme).toBe("dark");
});

test("sizes are remembered for each workspace, and can be given back to the style sheet", () => {
  const preferences = new Preferences(new Kept(drawerOf()));
  preferences.setSize("/a", "side", 240.4);
  preferences.setSize("/a", "inspect", 500);
  expect(preferences.size("/a", "side")).toBe(240);
  expect(preferences.size("/b", "side")).toBeUndefined();
  preferences.setSize("/a", "side", undefined);
  expect(preferences.size("/a", "side")).toBeUndefined();
  expect(preferences.size("/a", "inspect")).toBe(500);
});

test("a preference of an older page leaves the others at their defaults", () => {
  const kept = new Kept(drawerOf({ "wirescope.preferences": '{"theme":"light"}' }));
  expect(new Preferences(kept).letters).toBe(true);
});

test("a preference that cannot be one is at its default", () => {
  const kept = new Kept(drawerOf({ "wirescope.preferences": '{"columns":null,"letters":"no"}' }));
  const preferences = new Preferences(kept);
  expect([preferences.column("gap"), preferences.letters]).toEqual([undefined, true]);
});

test("what was chosen in another window stays when something is chosen here", () => {
  const kept = new Kept(drawerOf());
  const [here, there] = [new Preferences(kept), new Preferences(kept)];
  there.setMuted("feed", "WS104", { who: "me", when: "2026-11-26T14:02:11Z" });
  here.reread();
  here.theme = "dark";
  expect(Object.keys(new Preferences(kept).muted("feed"))).toEqual(["WS104"]);
});
