// What can be done with a capture by name: that which the tab shows, or one of the list.

import type { CaptureState } from "../protocol/generated";
import type { App } from "../store/app.svelte";
import type { Command } from "../store/commands.svelte";

/** Commands for the capture that the current tab shows. */
export function captureCommands(app: App): Command[] {
  const shown = () => {
    const tab = app.page === "workbench" ? app.tabs.current : undefined;
    return tab && app.captures.of(tab.capture);
  };
  return [
    {
      id: "capture.rename",
      name: "Rename this capture",
      group: "Workspace",
      // No system moves a file that is being written.
      enabled: () => shown()?.recording === false,
      run: () => {
        const capture = shown();
        if (capture) askCaptureName(app, capture);
      },
    },
  ];
}

/** Ask for another name of a capture; `done` is told what became of it. */
export function askCaptureName(
  app: App,
  capture: CaptureState,
  done: (renamed: CaptureState) => void = () => undefined,
): void {
  const rename = async (name: string) => {
    try {
      done(await app.renameCapture(capture, name));
    } catch (error) {
      app.fail(error);
    }
  };
  app.asking = {
    label: "New name of the capture",
    typed: capture.name,
    choices: [],
    create: (typed) =>
      typed === capture.name
        ? null
        : { id: "rename", name: typed, note: "new name", run: () => void rename(typed) },
  };
}
