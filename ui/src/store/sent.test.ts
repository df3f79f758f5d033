import { expect, test } from "vitest";

import { draftOf, Environments, nameProblem, valuesOf } from "./environments.svelte";
import { Kept } from "./kept";
import { LONGEST, MOST, Sent, withSent } from "./sent.svelte";
import { drawerOf } from "./testing/drawer";

const text = (body: string) => ({ form: "text" as const, body });

test("what was sent outlives the page, the newest first", () => {
  const kept = new Kept(drawerOf());
  const sent = new Sent(kept);
  sent.note("t1", text("a"), 1);
  sent.note("t1", text("b"), 2);
  expect(new Sent(kept).of("t1").map((one) => one.outgoing.body)).toEqual(["b", "a"]);
});

test("the same again moves up and is counted", () => {
  const once = withSent(withSent([], text("a"), 1), text("b"), 2);
  expect(withSent(once, text("a"), 3)).toEqual([
    { outgoing: text("a"), at: 3, times: 2 },
    { outgoing: text("b"), at: 2, times: 1 },
  ]);
});

test("only so many are kept, and none that is very long", () => {
  const sent = new Sent(new Kept(drawerOf()));
  for (let at = 0; at < MOST + 10; at += 1) sent.note("t1", text(String(at)), at);
  expect(sent.of("t1")).toHaveLength(MOST);
  expect(sent.note("t1", text("x".repeat(LONGEST + 1)), 1)).toBe(false);
  expect(sent.of("t1")).toHaveLength(MOST);
});

test("what tabs that are gone sent is forgotten", () => {
  const sent = new Sent(new Kept(drawerOf()));
  sent.note("t1", text("a"), 1);
  sent.note("t2", text("b"), 1);
  sent.keepOnly(["t2"]);
  expect([sent.of("t1").length, sent.of("t2").length]).toEqual([0, 1]);
});

test("an environment's rows say what its file said", () => {
  const value = { variables: { a: "1", b: "2" }, secrets: ["t"] };
  const draft = draftOf({ kind: "environment", path: "e", digest: "d", value });
  expect(valuesOf(draft)).toEqual(value);
  expect(draft.base).toBe("d");
});

test("names that are taken or cannot be names are told", () => {
  const draft = {
    base: "",
    secrets: ["t"],
    rows: ["a", "a", "1x", "t", ""].map((name) => ({ name, value: "" })),
  };
  expect(draft.rows.map((_, at) => nameProblem(draft, at) !== "")).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
});

test("what was kept by another page and cannot be read is left out", () => {
  const good = { outgoing: text("a"), at: 1, times: 1 };
  const kept = new Kept(
    drawerOf({
      "wirescope.sent": JSON.stringify({ t1: [good, null, { at: 2 }], t2: "x" }),
      "wirescope.environments": JSON.stringify({ e: { rows: null }, f: 7 }),
    }),
  );
  expect([new Sent(kept).of("t1"), new Sent(kept).of("t2")]).toEqual([[good], []]);
  const environments = new Environments(kept);
  expect([environments.draft("e"), environments.draft("f")]).toEqual([undefined, undefined]);
});
