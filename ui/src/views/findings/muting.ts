// For which endpoint a finding is muted: the saved one, its address, or the capture alone.

import type { App } from "../../store/app.svelte";
import type { Tab } from "../../store/tabs.svelte";

/** The name under which an endpoint's muted findings are kept. */
export function endpointKey(app: App, tab: Tab): string {
  if (tab.path !== "") return `${app.workspace.state.folder} ${tab.path}`;
  const url = app.fieldsOf(tab)["url"];
  return typeof url === "string" && url !== "" ? url : `capture ${tab.capture}`;
}

function allOf(app: App, tab: Tab): number {
  const counts = app.captures.of(tab.capture)?.findings ?? {};
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}

/** Whether it takes the codes of a tab's findings to say how many are worth a look. */
export function needsCodes(app: App, tab: Tab): boolean {
  const muted = app.preferences.muted(endpointKey(app, tab));
  return allOf(app, tab) > 0 && Object.keys(muted).length > 0;
}

/** How many findings of a tab's capture are worth a look: all, without those that are muted. */
export function findingsNote(app: App, tab: Tab): string {
  const codes = needsCodes(app, tab) ? app.captures.codes.get(tab.capture) : undefined;
  const muted = app.preferences.muted(endpointKey(app, tab));
  const all = codes?.filter((code) => muted[code] === undefined).length ?? allOf(app, tab);
  return all > 0 ? String(all) : "";
}
