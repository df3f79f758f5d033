import { expect, test } from "vitest";

import type { View } from "../protocol/generated";
import type { Call } from "../transport/api";
import { Tab } from "./tabs.svelte";
import { MOST_KEPT, Timelines } from "./timelines.svelte";

const call = (async () => ({ start: 0, total: 0, rows: [] })) as unknown as Call;

/** Timelines, and the views that are watched for them. */
function watched() {
  const views = new Set<View>();
  const timelines = new Timelines(call, (view) => {
    views.add(view);
    return () => void views.delete(view);
  });
  return { timelines, views };
}

const tabOf = (at: number) => new Tab({ id: `t${at}`, capture: `c${at}` });

test("a timeline is the same as long as its capture is, and then looks at the next in the same way", () => {
  const { timelines } = watched();
  const tab = tabOf(1);
  const first = timelines.open(tab);
  first?.change({ filter: "op == order", fold: false });
  expect(timelines.open(tab)).toBe(first);
  tab.capture = "c9";
  expect(timelines.of(tab)).toBeNull();
  expect(timelines.open(tab)?.view).toMatchObject({
    capture: "c9",
    filter: "op == order",
    fold: false,
  });
});

test("however many tabs there are, only so many views are watched: those looked at last", () => {
  const { timelines, views } = watched();
  const tabs = Array.from({ length: 40 }, (_, at) => tabOf(at));
  timelines.open(tabs[0] as Tab)?.change({ filter: "op == order" });
  for (const tab of tabs) {
    timelines.open(tab);
    timelines.open(tabs[1] as Tab);
  }
  expect(views.size).toBe(MOST_KEPT);
  expect(timelines.of(tabs[1] as Tab)).not.toBeNull();
  expect(timelines.of(tabs[0] as Tab)).toBeNull();
  expect(timelines.open(tabs[0] as Tab)?.view.filter).toBe("op == order");
});

test("a tab that is closed watches nothing", () => {
  const { timelines, views } = watched();
  timelines.open(tabOf(1));
  timelines.close(tabOf(1));
  expect(views.size).toBe(0);
});
