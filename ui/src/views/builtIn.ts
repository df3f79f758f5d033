// The built-in endpoints as the start page shows them: a name for people, and how the connection
// looks.

import { spokenWith } from "../base/address";
import type { Signal } from "../widgets/SignalTrace.svelte";

type Pulse = readonly [at: number, height: number, width: number];

/** Pulses at even steps, their heights in turn. */
function every(
  step: number,
  from: number,
  to: number,
  heights: readonly number[],
  width: number,
): Pulse[] {
  const count = Math.floor((to - from) / step) + 1;
  return Array.from({ length: count }, (_, at) => [
    from + at * step,
    heights[at % heights.length] ?? 1,
    width,
  ]);
}

const TITLES: Readonly<Record<string, string>> = {
  "/bomb": "Decompression bomb",
  "/close": "Close codes",
  "/deflate": "Compression",
  "/idle": "Idle timeout",
  "/illegal": "Illegal frames",
  "/jsonrpc": "JSON-RPC",
  "/ping": "Heartbeat",
  "/reject": "Refusal",
  "/slow": "Slow reader",
  "/webrtc/echo": "WebRTC echo",
  "/whep/picture": "Test picture",
  "/whep/sink": "Published stream",
  "/whip/sink": "Publish",
};

const ECHO: Signal = {
  sent: every(26, 6, 110, [8], 3),
  received: every(26, 14, 118, [8], 3),
};

const SIGNALS: Readonly<Record<string, Signal>> = {
  "/echo": ECHO,
  "/push": {
    sent: [[4, 6, 3]],
    received: every(5, 12, 127, [3, 6.2, 9.4, 4.6, 7.8], 1.5),
  },
  "/demo": {
    sent: [
      [8, 5, 3],
      [58, 9, 3],
      [104, 4, 3],
    ],
    received: [
      [20, 6, 3],
      [31, 8, 3],
      [40, 4, 3],
      [72, 9, 3],
      [84, 5, 3],
      [118, 7, 3],
    ],
  },
  "/fragments": {
    sent: [[6, 7, 3]],
    received: [...every(7, 18, 53, [9], 7), ...every(7, 78, 106, [9], 7)],
    control: [[70, false]],
  },
  "/deflate": {
    sent: [[2, 4, 3]],
    received: every(21, 8, 113, [10, 10, 10, 3, 3, 3], 10),
  },
  "/ping": {
    control: [12, 38, 64, 90, 116].flatMap((at): [number, boolean][] => [
      [at, false],
      [at + 8, true],
    ]),
  },
  "/close": {
    sent: [
      [8, 6, 3],
      [40, 6, 3],
    ],
    received: [
      [18, 6, 3],
      [50, 6, 3],
    ],
    control: [[78, false]],
    end: 88,
  },
  "/slow": {
    sent: [
      [6, 7, 3],
      [48, 7, 3],
    ],
    received: [
      [30, 7, 3],
      [98, 7, 3],
    ],
  },
  "/jsonrpc": {
    sent: every(26, 6, 110, [5, 8], 3),
    received: every(26, 16, 120, [7, 4], 3),
  },
  "/subprotocol": ECHO,
  "/binary": {
    sent: [[6, 4, 3]],
    received: every(16, 18, 114, [8, 5, 10], 9),
  },
  "/idle": {
    sent: [[4, 6, 3]],
    received: [[12, 6, 3]],
    end: 110,
  },
  "/reject": { end: 12 },
  "/illegal": {
    sent: [[6, 6, 3]],
    received: [[18, 8, 12]],
    control: [[34, true]],
    end: 44,
  },
  "/webrtc": {
    sent: every(13, 6, 110, [6, 8], 3),
    received: every(13, 12, 122, [6, 8], 3),
  },
  "/whep": { received: every(6, 4, 124, [11, 6, 5, 7, 5, 6], 4) },
  "/whip": { sent: every(6, 4, 124, [11, 6, 5, 7, 5, 6], 4) },
  "/bomb": {
    sent: [[4, 4, 3]],
    received: [[14, 11, 60]],
    end: 84,
  },
};

/** Whether a built-in endpoint is one of WebRTC. */
export function isPeer({ url }: { url: string }): boolean {
  return spokenWith(url) !== "websocket";
}

const begin = (path: string) => /^\/[^/?]*/.exec(path)?.[0] ?? path;

/** The signature of a built-in endpoint; a silent line where none is known. */
export function signalOf(path: string): Signal {
  return SIGNALS[begin(path)] ?? {};
}

/** What a built-in endpoint is called: its own name, as a title. */
export function titleOf({ path, name }: { path: string; name: string }): string {
  return TITLES[path] ?? TITLES[begin(path)] ?? name.charAt(0).toUpperCase() + name.slice(1);
}

/** The signature of two pages that talk. */
export const CHAT_SIGNAL: Signal = {
  sent: [
    [8, 6, 3],
    [40, 8, 3],
    [86, 5, 3],
  ],
  received: [
    [24, 7, 3],
    [62, 5, 3],
    [70, 8, 3],
    [110, 6, 3],
  ],
};

/** The signature in the tour. */
export const ECHO_SIGNAL = ECHO;
