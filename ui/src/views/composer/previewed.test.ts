import { expect, test, vi } from "vitest";

import type { Outgoing, Preview } from "../../protocol/generated";
import { type Call, Refusal } from "../../transport/api";
import { Previewed } from "./previewed.svelte";

const answer = (warning: string): Preview => ({
  ...{ length: 1, wire_length: 7, text: "", problem: "", unresolved: [] },
  warning,
});

test("what was said of an older text is not said of the one that stands there now", async () => {
  vi.useFakeTimers();
  const before: Outgoing = { form: "json", body: "{" };
  const now: Outgoing = { form: "json", body: "{}" };
  const call = (async () => answer("This is not JSON.")) as unknown as Call;
  const previewed = new Previewed(call);
  const giveUp = previewed.ask(before, "", "websocket");
  await vi.advanceTimersByTimeAsync(200);
  expect(previewed.of(before)?.warning).toBe("This is not JSON.");
  giveUp();
  expect(previewed.of(now)).toBeNull();
  expect(previewed.last?.length).toBe(1);
  vi.useRealTimers();
});

test("why the server says nothing of a text is known for this text", async () => {
  vi.useFakeTimers();
  const now: Outgoing = { form: "json", body: "{}" };
  const call = (async () => {
    throw new Refusal(413, { error: "Too long." });
  }) as unknown as Call;
  const previewed = new Previewed(call);
  previewed.ask(now, "", "websocket");
  await vi.advanceTimersByTimeAsync(200);
  expect(previewed.refusalOf(now)).toBe("Too long.");
  expect(previewed.refusalOf({ ...now })).toBe("");
  vi.useRealTimers();
});
