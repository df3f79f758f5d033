import { afterEach, expect, test, vi } from "vitest";

import type { FindingState } from "../../protocol/generated";
import type { App } from "../../store/app.svelte";
import type { Tab } from "../../store/tabs.svelte";
import { applyCure, merged } from "./cure";

afterEach(() => {
  vi.useRealTimers();
});

test("a change goes into the record it is about and leaves what stands beside it", () => {
  const endpoint = {
    compression: { offer: false, client_max_window_bits: 10 },
    url: "ws://a.test",
  };
  expect(merged(endpoint, { compression: { offer: true } })).toEqual({
    compression: { offer: true, client_max_window_bits: 10 },
    url: "ws://a.test",
  });
});

test("null in a change says that there is none, and stays", () => {
  expect(merged({ origin: "https://a.test" }, { origin: null })).toEqual({ origin: null });
});

test("a connection that does not end is said to be in the way, and no other one is made", async () => {
  vi.useFakeTimers();
  const app = {
    fieldsOf: () => ({}),
    setField: vi.fn(),
    sessionOf: () => ({ phase: "closing" }),
    disconnect: vi.fn(() => Promise.resolve()),
    connect: vi.fn(() => Promise.resolve()),
    fail: vi.fn(),
  };
  const finding = { change: { heartbeat: { interval_s: 20 } } } as unknown as FindingState;
  const done = applyCure(app as unknown as App, { isCapture: false } as Tab, finding);
  await vi.advanceTimersByTimeAsync(9000);
  await done;
  expect(app.setField).toHaveBeenCalledWith(expect.anything(), "heartbeat", { interval_s: 20 });
  expect(app.connect).not.toHaveBeenCalled();
  expect(app.fail).toHaveBeenCalledOnce();
});
