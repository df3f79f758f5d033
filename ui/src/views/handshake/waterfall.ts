// The steps of an attempt as bars on one clock.

import type { Step } from "../../protocol/generated";

/** A step, placed. */
export interface Bar {
  name: string;
  /** Where it begins and how long it is, in hundredths of the width. */
  start: number;
  length: number;
  /** `wait` is waiting for the other side; `cut` runs on beyond the edge. */
  kind: "own" | "wait" | "running" | "failed";
  cut: boolean;
  /** -1 while it is not done. */
  durationNs: number;
}

const NAMES: Readonly<Record<string, string>> = {
  dns: "Name",
  tcp: "TCP",
  proxy: "Proxy",
  tls: "TLS",
  upgrade: "Upgrade",
  message: "First message",
};

/** What comes once the connection stands. */
const AFTER = "message";

/** In these the other side decides how long it takes. */
const WAITS = new Set(["upgrade", "proxy", AFTER]);

/** A first message that comes so much later than the handshake runs out of the picture. */
const STRETCH = 1.6;

/** Whether a step comes once the connection stands. */
export function isAfter(step: string): boolean {
  return step === AFTER;
}

/** What a step is called. */
export function nameOfStep(step: string): string {
  return NAMES[step] ?? step;
}

/** Place the steps; `nowNs` is the capture's time, to which a step that is not done grows. */
export function barsOf(steps: readonly Step[], nowNs: number): Bar[] {
  const endOf = (step: Step) =>
    step.duration_ns < 0 ? Math.max(nowNs, step.start_ns) : step.start_ns + step.duration_ns;
  const opening = steps.filter((step) => !isAfter(step.name));
  const from = Math.min(...steps.map((step) => step.start_ns));
  const opened = Math.max(...(opening.length > 0 ? opening : steps).map(endOf));
  const all = Math.max(...steps.map(endOf));
  const to = Math.max(from + 1, Math.min(all, from + (opened - from) * STRETCH || all));
  const place = (ns: number) => Math.max(0, Math.min(100, ((ns - from) / (to - from)) * 100));
  return steps.map((step) => ({
    name: step.name,
    start: place(step.start_ns),
    length: place(endOf(step)) - place(step.start_ns),
    kind: kindOf(step),
    cut: endOf(step) > to,
    durationNs: step.duration_ns,
  }));
}

function kindOf(step: Step): Bar["kind"] {
  if (step.failed) return "failed";
  if (step.duration_ns < 0) return "running";
  return WAITS.has(step.name) ? "wait" : "own";
}

/** How long it took from the first step to the end of the handshake; -1 while that is not known. */
export function openingNs(steps: readonly Step[]): number {
  const opening = steps.filter((step) => !isAfter(step.name));
  if (opening.length === 0 || opening.some((step) => step.duration_ns < 0)) return -1;
  const from = Math.min(...opening.map((step) => step.start_ns));
  return Math.max(...opening.map((step) => step.start_ns + step.duration_ns)) - from;
}
