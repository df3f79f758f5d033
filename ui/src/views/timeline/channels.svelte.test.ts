import { flushSync } from "svelte";
import { expect, test, vi } from "vitest";

import type { Opening } from "../../protocol/generated";
import type { App } from "../../store/app.svelte";
import type { Tab } from "../../store/tabs.svelte";
import { ChannelNames, followChannels } from "./channels.svelte";

test("a channel is called as it was when the row was written, though its number is used again", async () => {
  const channels = [
    { id: 1, label: "first", opened_seq: 5 },
    { id: 1, label: "second", opened_seq: 20 },
    { id: 3, label: "", opened_seq: 6 },
  ];
  const call = () => Promise.resolve({ connection: "c1", channels });
  const names = new ChannelNames();
  const opening = { transport: "webrtc", connection: "c1" } as Opening;
  await names.read({ call } as unknown as App, "capture", [opening]);
  const nameAt = (seq: number, channel = 1) => names.of({ connection: "c1", channel, seq });
  expect([nameAt(6), nameAt(19), nameAt(21)]).toEqual(["first", "first", "second"]);
  expect([nameAt(7, 3), names.of({ connection: "c2", channel: 1, seq: 9 })]).toEqual([
    "id 3",
    "id 1",
  ]);
});

test("a channel that the capture does not have yet is asked for again", async () => {
  vi.useFakeTimers();
  const channel = { id: 3, label: "files", opened_seq: 5, state: "open" };
  let times = 0;
  const call = () => {
    times += 1;
    return Promise.resolve({ connection: "c2", channels: times > 1 ? [channel] : [] });
  };
  const session = { connection: "c2", peer: { channels: [channel] } };
  const app = { call, sessionOf: () => session } as unknown as App;
  const opening = { transport: "webrtc", connection: "c2" } as Opening;
  let names = new ChannelNames();
  const end = $effect.root(() => {
    names = followChannels(
      app,
      () => ({ capture: "one" }) as Tab,
      () => [opening],
    );
  });
  flushSync();
  await vi.advanceTimersByTimeAsync(1000);
  expect(names.of({ connection: "c2", channel: 3, seq: 9 })).toBe("files");
  expect(times).toBe(2);
  end();
  vi.useRealTimers();
});
