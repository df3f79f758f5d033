// For which endpoint a finding is muted: the saved one, its address, or the capture alone.

import type { App } from "../../store/app.svelte";
import type { Tab } from "../../store/tabs.svelte";

/** The name under which an endpoint's muted findings are kept. */
export function endpointKey(app: App, tab: Tab): string {
  if (tab.path !== "") return `${app.workspace.state.folder} ${tab.path}`;
  const url = app.fieldsOf(tab)["url"];
  return typeof url === "string" && url !== "" ? url : `capture ${tab.capture}`;
}

/** How many findings of a tab's capture are worth a look, as far as is known without asking. */
export function findingsNote(app: App, tab: Tab): string {
  const counts = app.captures.of(tab.capture)?.findings ?? {};
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  return all > 0 ? String(all) : "";
}
