import { beforeEach, expect, test } from "vitest";

import type { ReadRows, Row, View, ViewUpdate, Window } from "../protocol/generated";
import type { Call } from "../transport/api";
import { PAGE, TimelineStore } from "./timeline.svelte";

let total: number;
let asked: number[];
let tell: (update: Partial<ViewUpdate>) => void;
let watched: View[];
let ended: number;
let timeline: TimelineStore;

const rowAt = (index: number) => ({ seq: index + 1, text: `row ${index}` }) as Row;

/** A server that has `total` rows, as many as are asked for. */
const call = (async (_: string, { body }: { body: ReadRows }): Promise<Window> => {
  const start = body.start ?? 0;
  asked.push(start / PAGE);
  const end = Math.min(total, start + (body.count ?? 0));
  const rows = Array.from({ length: Math.max(0, end - start) }, (__, at) => rowAt(start + at));
  return { start, total, complete: true, read_seq: total, last_seq: total, rows };
}) as unknown as Call;

const settle = () => new Promise((done) => setTimeout(done, 0));

beforeEach(async () => {
  total = 1000;
  asked = [];
  watched = [];
  ended = 0;
  timeline = new TimelineStore(
    call,
    (view, _, on) => {
      watched.push(view);
      tell = (update) =>
        on({
          id: 1,
          total,
          complete: true,
          read_seq: total,
          last_seq: total,
          tail_start: 0,
          tail: [],
          skipped: 0,
          problem: "",
          ...update,
        });
      return () => (ended += 1);
    },
    { capture: "c1" },
  );
  await settle();
});

test("the first rows come without being asked for", () => {
  expect(timeline.total).toBe(1000);
  expect(timeline.row(3)?.text).toBe("row 3");
  expect(asked).toEqual([0]);
});

test("only the pages that are looked at are fetched, and once", async () => {
  timeline.need(390, 430);
  timeline.need(390, 430);
  await settle();
  expect(asked).toEqual([0, 1, 2]);
  expect(timeline.row(395)?.seq).toBe(396);
  timeline.need(395, 420);
  await settle();
  expect(asked).toEqual([0, 1, 2]);
});

test("a page that is no longer looked at is given up before it comes", async () => {
  timeline.need(200, 250);
  timeline.need(800, 850);
  await settle();
  expect(timeline.row(810)?.seq).toBe(811);
  expect(timeline.row(210)).toBeUndefined();
});

test("what is looked at before anything is known gives up nothing", async () => {
  timeline.change({ filter: "op = order" });
  timeline.need(0, 50);
  await settle();
  expect([timeline.known, timeline.row(3)?.seq]).toEqual([true, 4]);
});

test("a page that is read again is not overwritten by the answer before", async () => {
  const answers: (() => void)[] = [];
  const text = ["old", "new"];
  const slow = ((_: string, { signal }: { signal: AbortSignal }) =>
    new Promise((done, fail) => {
      const said = text.shift();
      const rows = [{ ...rowAt(0), text: said }];
      answers.push(() => done({ start: 0, total: 1, complete: true, rows } as unknown as Window));
      signal.onabort = () => fail(new DOMException("", "AbortError"));
    })) as unknown as Call;
  const other = new TimelineStore(slow, () => () => undefined, { capture: "c1" });
  other.reread(0);
  answers[1]?.();
  answers[0]?.();
  await settle();
  expect(other.row(0)?.text).toBe("new");
});

test("whoever made something for a timeline hears of its end", () => {
  timeline.onDispose(() => (ended += 10));
  timeline.dispose();
  timeline.dispose();
  expect(ended).toBe(11);
});

test("the newest rows come by themselves", () => {
  total = 1002;
  tell({ tail_start: 1000, tail: [rowAt(1000), rowAt(1001)] });
  expect(timeline.total).toBe(1002);
  expect(timeline.row(1001)?.text).toBe("row 1001");
});

test("rows that a slow page skipped are fetched when they are looked at", async () => {
  total = 5000;
  tell({ tail_start: 4999, tail: [rowAt(4999)], skipped: 3999 });
  timeline.need(4960, 4999);
  await settle();
  expect(asked).toEqual([0, 24]);
  expect(timeline.row(4960)?.seq).toBe(4961);
});

test("a paused view stands still and counts what comes", () => {
  timeline.pause();
  total = 1300;
  tell({});
  expect([timeline.shown, timeline.waiting, timeline.following]).toEqual([1000, 300, false]);
  timeline.resume();
  expect([timeline.shown, timeline.waiting, timeline.following]).toEqual([1300, 0, true]);
});

test("another filter begins anew and is watched instead", async () => {
  total = 7;
  timeline.change({ filter: "op = order" });
  expect(timeline.known).toBe(false);
  await settle();
  expect(timeline.total).toBe(7);
  expect(watched.map((view) => view.filter)).toEqual(["", "op = order"]);
  expect(ended).toBe(1);
});

test("the same filter again changes nothing", () => {
  timeline.change({ filter: "" });
  expect(ended).toBe(0);
});

test("no more than a few pages are held", async () => {
  total = 100_000;
  tell({});
  for (let page = 0; page < 100; page += 1) {
    timeline.need(page * PAGE, page * PAGE + 10);
    await settle();
  }
  expect(timeline.row(99 * PAGE)).toBeDefined();
  expect(timeline.row(10 * PAGE)).toBeUndefined();
});

test("a run that is folded takes the place of the rows that were there", () => {
  total = 11;
  tell({ tail_start: 10, tail: [{ ...rowAt(10), layer: "fold" }] });
  expect(timeline.total).toBe(11);
  expect(timeline.row(9)?.seq).toBe(10);
  expect(timeline.row(10)?.layer).toBe("fold");
  expect(timeline.row(11)).toBeUndefined();
});

test("skipped rows that were here have changed, and are fetched anew", async () => {
  tell({ tail_start: 150, skipped: 50, tail: [rowAt(150)] });
  expect(timeline.row(99)).toBeDefined();
  expect(timeline.row(100)).toBeUndefined();
  timeline.need(90, 120);
  await settle();
  expect(timeline.row(110)).toBeDefined();
});
