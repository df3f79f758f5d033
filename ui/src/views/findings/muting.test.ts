import { beforeEach, expect, test } from "vitest";

import type { CaptureState } from "../../protocol/generated";
import { App } from "../../store/app.svelte";
import { Kept } from "../../store/kept";
import type { Tab } from "../../store/tabs.svelte";
import { drawerOf } from "../../store/testing/drawer";
import type { Call } from "../../transport/api";
import { endpointKey, findingsNote, needsCodes } from "./muting";

let app: App;
let tab: Tab;

const MUTED = { who: "me", when: "2026-11-26T14:02:11Z" };

beforeEach(() => {
  const kept = new Kept(drawerOf());
  app = new App((async () => ({})) as unknown as Call, "", kept, kept, false);
  const findings = { error: 1, warning: 2, info: 0 };
  const capture = { id: "c1", name: "night", findings } as unknown as CaptureState;
  app.captures.put(capture);
  tab = app.openCapture(capture);
});

test("without muted findings all of them count, and nothing is asked", () => {
  expect([findingsNote(app, tab), needsCodes(app, tab)]).toEqual(["3", false]);
});

test("a muted finding does not count once it is known which there are", () => {
  app.preferences.setMuted(endpointKey(app, tab), "WS104", MUTED);
  expect([findingsNote(app, tab), needsCodes(app, tab)]).toEqual(["3", true]);
  app.captures.codes.set("c1", ["WS104", "WS201", "WS301"]);
  expect(findingsNote(app, tab)).toBe("2");
});

test("where every finding is muted nothing is said", () => {
  for (const code of ["WS104", "WS201"]) {
    app.preferences.setMuted(endpointKey(app, tab), code, MUTED);
  }
  app.captures.codes.set("c1", ["WS104", "WS201"]);
  expect(findingsNote(app, tab)).toBe("");
});
