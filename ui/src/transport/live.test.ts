import { decode, encode } from "@msgpack/msgpack";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Batch, ViewUpdate } from "../protocol/generated";
import { TIMEOUT_MS } from "./api";
import { Live, liveAddress, type LiveState, SUBPROTOCOL } from "./live";

/** The page's end of a socket whose other end is the test. */
class Wire {
  binaryType = "";
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: unknown[] = [];

  send(data: Uint8Array): void {
    this.sent.push(decode(data));
  }

  close(): void {
    this.readyState = 3;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  begins(): void {
    this.opens();
    this.gives({});
  }

  gives(batch: Partial<Batch>): void {
    const whole = {
      type: "batch",
      number: 1,
      sessions: [],
      captures: [],
      views: [],
      rates: [],
      analyses: {},
      workspace: 0,
      ...batch,
    };
    const bytes = encode(whole);
    this.onmessage?.({
      data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    });
  }

  breaks(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

let wires: Wire[];
let states: LiveState[];
let batches: Batch[];
let paints: (() => void)[];
let live: Live;

const last = () => wires.at(-1) as Wire;

beforeEach(() => {
  vi.useFakeTimers();
  wires = [];
  states = [];
  batches = [];
  paints = [];
  live = new Live({
    url: "ws://here/api/live",
    onBatch: (batch) => batches.push(batch),
    onState: (state) => states.push(state),
    open: (_, subprotocol) => {
      expect(subprotocol).toBe(SUBPROTOCOL);
      const wire = new Wire();
      wires.push(wire);
      return wire as unknown as WebSocket;
    },
    painted: (then) => paints.push(then),
  });
  live.start();
});

afterEach(() => {
  vi.useRealTimers();
});

test("a batch is acknowledged once it has been painted, not before", () => {
  last().opens();
  last().gives({ number: 7 });
  expect(batches).toHaveLength(1);
  expect(last().sent).toEqual([]);
  paints[0]?.();
  expect(last().sent).toEqual([{ type: "ack", number: 7 }]);
});

test("an update reaches the one who watches the view", () => {
  const seen: ViewUpdate[] = [];
  last().opens();
  const end = live.watch({ capture: "c" }, 50, (update) => seen.push(update));
  const update = { id: 1, total: 12 } as ViewUpdate;
  last().gives({ views: [update] });
  end();
  last().gives({ views: [update] });
  expect(seen).toEqual([update]);
  expect(last().sent).toEqual([
    { type: "watch", id: 1, view: { capture: "c" }, tail: 50 },
    { type: "unwatch", id: 1 },
  ]);
});

test("a lost socket is opened again, ever later, and its views are watched again", () => {
  last().begins();
  live.watch({ capture: "c" }, 50, () => undefined);
  last().breaks();
  expect(states.at(-1)).toMatchObject({ phase: "lost", attempt: 1, retryAt: Date.now() + 1000 });
  vi.advanceTimersByTime(1000);
  last().breaks();
  expect(states.at(-1)).toMatchObject({ phase: "lost", attempt: 2, retryAt: Date.now() + 2000 });
  vi.advanceTimersByTime(2000);
  expect(wires).toHaveLength(3);
  last().begins();
  expect(states.at(-1)?.phase).toBe("open");
  expect(last().sent).toEqual([{ type: "watch", id: 1, view: { capture: "c" }, tail: 50 }]);
});

test("an impatient reader need not wait", () => {
  last().breaks();
  live.retryNow();
  expect(wires).toHaveLength(2);
  live.retryNow();
  expect(wires).toHaveLength(2);
});

test("an acknowledgement of a lost socket goes nowhere", () => {
  last().opens();
  last().gives({ number: 3 });
  last().breaks();
  live.retryNow();
  last().opens();
  paints[0]?.();
  expect(last().sent).toEqual([]);
});

test("a server of another version is told from one that is gone, and asked ever less often", () => {
  for (const wait of [1000, 2000, 4000]) {
    last().opens();
    last().breaks(4000);
    expect(states.at(-1)).toMatchObject({ outdated: true, retryAt: Date.now() + wait });
    vi.advanceTimersByTime(wait);
    expect(states.at(-1)).toMatchObject({ phase: "connecting", outdated: true });
  }
  expect(states.map(({ phase }) => phase)).not.toContain("open");
  last().begins();
  expect(states.at(-1)).toMatchObject({ phase: "open", attempt: 0, outdated: false });
});

test("a server that lets the socket hang is given up and tried again", () => {
  vi.advanceTimersByTime(TIMEOUT_MS);
  expect([last().readyState, states.at(-1)?.phase]).toEqual([3, "lost"]);
  vi.advanceTimersByTime(1000);
  last().opens();
  vi.advanceTimersByTime(TIMEOUT_MS);
  expect(states.at(-1)).toMatchObject({ phase: "lost", attempt: 2 });
  vi.advanceTimersByTime(2000);
  last().begins();
  vi.advanceTimersByTime(TIMEOUT_MS);
  expect([wires.length, states.at(-1)?.phase]).toEqual([3, "open"]);
});

test("a mistake of one who listens keeps a batch neither from the others nor from its end", () => {
  const told: unknown[] = [];
  vi.stubGlobal("reportError", (error: unknown) => told.push(error));
  const seen: number[] = [];
  last().opens();
  live.watch({ capture: "c" }, 50, () => {
    throw new Error("a mistake");
  });
  live.watch({ capture: "d" }, 50, ({ total }) => seen.push(total));
  last().gives({ views: [{ id: 1 } as ViewUpdate, { id: 2, total: 7 } as ViewUpdate] });
  paints[0]?.();
  vi.unstubAllGlobals();
  expect(seen).toEqual([7]);
  expect(told).toEqual([new Error("a mistake")]);
  expect(last().sent.at(-1)).toEqual({ type: "ack", number: 1 });
});

test("after a stop nothing is tried again", () => {
  last().opens();
  live.stop();
  vi.advanceTimersByTime(60_000);
  expect(wires).toHaveLength(1);
});

test("the socket is as secure as the page", () => {
  expect(liveAddress({ protocol: "http:", host: "127.0.0.1:80" })).toBe(
    "ws://127.0.0.1:80/api/live",
  );
  expect(liveAddress({ protocol: "https:", host: "x" })).toBe("wss://x/api/live");
});
