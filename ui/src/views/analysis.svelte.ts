// The analysis of a tab's capture, for the views that speak of it.

import type { Analysis } from "../protocol/generated";
import type { App } from "../store/app.svelte";
import type { Tab } from "../store/tabs.svelte";
import { Latest } from "./latest.svelte";

/** How often it is asked for while it may still change: of old captures the server tells nothing. */
const AGAIN_MS = 2000;

/** Read it, and again as it changes, for as long as the component that calls this is shown. */
export function followAnalysis(app: App, tab: () => Tab): Latest<Analysis> {
  const analysis = new Latest<Analysis>();
  const read = (id: string) => {
    if (id === "") return;
    analysis.read(id, (signal) => app.call("analysis", { path: { capture: id }, signal }));
  };
  const recording = $derived(app.captures.of(tab().capture)?.recording ?? false);
  const unsettled = $derived(recording || analysis.value?.complete === false);

  $effect(() => {
    const id = tab().capture;
    void app.captures.analyses.get(id);
    void recording;
    read(id);
  });
  $effect(() => {
    const id = tab().capture;
    if (!unsettled) return;
    const timer = setInterval(() => read(id), AGAIN_MS);
    return () => clearInterval(timer);
  });
  $effect(() => () => analysis.stop());
  return analysis;
}
