// How the connections of a tab's capture were opened: read in one place, for every view of the tab.

import { untrack } from "svelte";

import type { Opening } from "../protocol/generated";
import type { App } from "../store/app.svelte";
import type { Tab } from "../store/tabs.svelte";
import { Latest } from "./latest.svelte";

const ofTabs = new WeakMap<Tab, Latest<readonly Opening[]>>();

/** What was read for a tab last; `followOpenings` reads it. */
export function openingsOf(tab: Tab): Latest<readonly Opening[]> {
  let openings = ofTabs.get(tab);
  if (openings === undefined) ofTabs.set(tab, (openings = new Latest()));
  return openings;
}

/** Whether more may become known of the newest attempt; `connection` is the one that is up. */
export function isUnsettled(openings: readonly Opening[], connection: string): boolean {
  const newest = openings.at(-1);
  if (newest === undefined) return true;
  if (connection !== "" && !openings.some((one) => one.connection === connection)) return true;
  return newest.steps.some((step) => step.duration_ns < 0);
}

/**
 * Read them for as long as the component that calls this is shown: when a connection is new or goes
 * on to another phase, and while the newest one is still being made with the events that come.
 */
export function followOpenings(app: App, tab: () => Tab): void {
  const openings = $derived(openingsOf(tab()));
  const capture = $derived(tab().capture);
  const recorded = $derived(app.captures.of(capture));
  const seq = $derived(recorded?.last_seq ?? 0);
  const session = $derived(
    [...app.sessions.all.values()].findLast((one) => one.capture === capture),
  );
  const connection = $derived(session?.connection ?? "");
  const unsettled = $derived(isUnsettled(openings.value ?? [], connection));
  /** What a reading is for: another one is due once this is different. */
  const due = $derived([capture, connection, session?.phase, recorded?.recording].join());
  let readFor = "";
  let readAt = 0;

  $effect(() => {
    const followed = openings;
    return () => {
      readFor = ""; // of another tab nothing has been read here
      followed.stop();
    };
  });
  $effect(() => {
    const followed = openings;
    const at = unsettled ? seq : readAt;
    if (capture === "" || (due === readFor && at === readAt)) return;
    readFor = due;
    readAt = at;
    // What is known already must not be what asks again.
    untrack(() => followed.read(capture, (signal) => read(app, capture, followed.value, signal)));
  });
}

/** Read those of a capture: `before` itself where they are the same, so that nothing is shown anew. */
async function read(
  app: App,
  capture: string,
  before: readonly Opening[] | null,
  signal: AbortSignal,
): Promise<readonly Opening[]> {
  const found = await app.call("openings", { path: { capture }, signal });
  const transports = new Set(found.map((one) => one.transport));
  const known = app.captures.transports.get(capture);
  const isKnown = known?.size === transports.size && found.every((one) => known.has(one.transport));
  if (!isKnown) app.captures.transports.set(capture, transports);
  return JSON.stringify(before) === JSON.stringify(found) ? (before ?? found) : found;
}
