// Putting a fix into effect: its change is merged into the endpoint, and the connection made anew.

import type { FindingState } from "../../protocol/generated";
import type { App } from "../../store/app.svelte";
import { isUp } from "../../store/sessions.svelte";
import type { Fields, Tab } from "../../store/tabs.svelte";

const PATIENCE_MS = 8000;

/**
 * Merge a change into a value as RFC 7396 merges records; null stays, since in an endpoint it
 * says that there is none.
 */
export function merged(target: unknown, change: unknown): unknown {
  if (!isRecord(change)) return change;
  const made: Fields = isRecord(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(change)) {
    made[name] = merged(made[name], value);
  }
  return made;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Merge a finding's change into the tab's endpoint and connect again. */
export async function applyCure(app: App, tab: Tab, finding: FindingState): Promise<void> {
  const { change } = finding;
  if (change === null) return;
  if (tab.isCapture) {
    app.fail(new Error("This capture has no endpoint; open the endpoint, and connect from there."));
    return;
  }
  const fields = app.fieldsOf(tab);
  for (const [name, value] of Object.entries(change)) {
    app.setField(tab, name, merged(fields[name], value));
  }
  if (isUp(app.sessionOf(tab))) {
    await app.disconnect(tab);
    const until = performance.now() + PATIENCE_MS;
    while (isUp(app.sessionOf(tab)) && performance.now() < until) {
      await new Promise((done) => setTimeout(done, 40));
    }
    if (isUp(app.sessionOf(tab))) {
      app.fail(
        new Error(
          "The change is made, but the connection does not end. Disconnect it, then connect again.",
        ),
      );
      return;
    }
  }
  await app.connect(tab);
}
