// What the shell can do, by name and key. Views add their own commands while they are shown.

import { tick } from "svelte";

import type { App } from "../store/app.svelte";
import type { Command } from "../store/commands.svelte";
import type { Choice } from "../store/question";
import { isUp } from "../store/sessions.svelte";
import { OPTIONS, optionsOf, PAGES, SHEETS, viewOf, viewsOf, VIEWS } from "../views/registry";
import { captureCommands } from "./captureCommands";
import { focusRegion, stepRegion } from "./focus";

/** All commands of the shell. */
export function shellCommands(app: App): Command[] {
  return [
    ...everywhere(app),
    ...pages(app),
    ...tabs(app),
    ...views(app),
    ...connection(app),
    ...workspace(app),
    ...captureCommands(app),
    ...sheets(app),
    ...preferences(app),
  ];
}

/** The sheets by name; exporting begins with the endpoint that is shown. */
function sheets(app: App): Command[] {
  return SHEETS.map((sheet) => ({
    id: `sheet.${sheet.id}`,
    name: sheet.name,
    group: "Workspace",
    run: () => {
      app.sheet = { id: sheet.id, about: "" };
    },
  }));
}

function everywhere(app: App): Command[] {
  const group = "Everywhere";
  return [
    {
      id: "palette.open",
      name: "Find any action or endpoint by name",
      group,
      keys: ["Ctrl+K"],
      run: () => {
        app.asking = { label: "Go to or run", choices: allChoices(app) };
      },
    },
    {
      id: "keys.show",
      name: "Show all keys",
      group,
      keys: ["?"],
      run: () => {
        app.showsKeys = true;
      },
    },
    {
      id: "region.next",
      name: "Go to the next region",
      group,
      keys: ["F6"],
      run: () => stepRegion(1),
    },
    {
      id: "region.previous",
      name: "Go to the region before",
      group,
      keys: ["Shift+F6"],
      run: () => stepRegion(-1),
    },
  ];
}

/** Groups in the order of the palette; those that it does not name come before the last two. */
const ORDER = ["Connection", "Views", "Options", "Tabs", "Workspace"];
const LAST = ["Everywhere", "Preferences"];

function rank({ group }: Command): number {
  const at = ORDER.indexOf(group);
  return at >= 0 ? at : ORDER.length + 1 + LAST.indexOf(group);
}

/** What the palette offers: actions first, then what can be opened. */
function allChoices(app: App): Choice[] {
  const actions = app.commands.enabled
    .filter((command) => command.id !== "palette.open")
    .sort((one, other) => rank(one) - rank(other))
    .map((command) => ({
      id: command.id,
      name: command.name,
      note: command.group,
      ...(command.keys?.[0] !== undefined && { keys: command.keys[0] }),
      run: () => void app.commands.run(command.id),
    }));
  const open = app.tabs.all
    .filter((tab) => tab !== app.tabs.current || app.page !== "workbench")
    .map((tab) => ({
      id: `tab-${tab.id}`,
      name: `Go to ${tab.name}`,
      note: "Open tab",
      run: () => app.goTo(tab),
    }));
  const endpoints = app.workspace.of("endpoint").map((item) => ({
    id: `endpoint-${item.path}`,
    name: `Open ${item.path}`,
    note: "Endpoint",
    run: () => void app.openEndpoint(item.path),
  }));
  const captures = app.captures.newest.map((capture) => ({
    id: `capture-${capture.id}`,
    name: `Open ${capture.name}`,
    note: "Capture",
    run: () => void app.openCapture(capture),
  }));
  return [...actions, ...open, ...endpoints, ...captures];
}

function pages(app: App): Command[] {
  return PAGES.map((page) => ({
    id: `page.${page.id}`,
    name: `Go to ${page.name}`,
    group: "Everywhere",
    enabled: () => app.page !== page.id,
    run: () => app.go(page.id),
  }));
}

function tabs(app: App): Command[] {
  const group = "Tabs";
  const several = () => app.tabs.all.length > 1 && app.page === "workbench";
  return [
    {
      id: "endpoint.new",
      name: "New endpoint",
      group,
      keys: ["Alt+N"],
      once: true,
      run: () => void app.openDraft({}),
    },
    {
      id: "tab.close",
      name: "Close this tab",
      group,
      keys: ["Alt+W"],
      once: true,
      enabled: () => app.page === "workbench" && app.tabs.current !== undefined,
      run: async () => {
        if (app.tabs.current) await app.closeTab(app.tabs.current);
      },
    },
    {
      id: "tab.reopen",
      name: "Open the tab again that was closed with what was typed in it",
      group,
      once: true,
      enabled: () => app.closed !== null,
      run: () => app.reopenTab(),
    },
    {
      id: "tab.next",
      name: "Go to the next tab",
      group,
      keys: ["Alt+PageDown"],
      enabled: several,
      run: () => app.tabs.step(1),
    },
    {
      id: "tab.previous",
      name: "Go to the tab before",
      group,
      keys: ["Alt+PageUp"],
      enabled: several,
      run: () => app.tabs.step(-1),
    },
  ];
}

/** A name within a sentence: small letters, unless it is an abbreviation. */
function inSentence(name: string): string {
  return name === name.toUpperCase() ? name : name.toLowerCase();
}

/** A digit and `g` with a letter for each view, a name for each option. */
function views(app: App): Command[] {
  const current = () => (app.page === "workbench" ? app.tabs.current : undefined);
  const shown = VIEWS.map((view) => ({
    id: `view.${view.id}`,
    name: `Show ${view.name.toLowerCase()}`,
    group: "Views",
    keys: [view.digit, `g ${view.letter}`],
    enabled: () => {
      const tab = current();
      if (tab === undefined || !viewsOf(tab).includes(view)) return false;
      return viewOf(tab) !== view || tab.option !== "";
    },
    run: () => {
      const tab = current();
      if (tab) tab.view = view.id;
    },
  }));
  const options = OPTIONS.map((option) => ({
    id: `option.${option.id}`,
    name: `Set ${inSentence(option.name)}`,
    group: "Options",
    enabled: () => {
      const tab = current();
      return tab !== undefined && optionsOf(tab).includes(option);
    },
    run: async () => {
      const tab = current();
      if (tab === undefined) return;
      tab.option = option.id;
      await tick();
      focusRegion(option.name);
    },
  }));
  return [...shown, ...options];
}

function connection(app: App): Command[] {
  const group = "Connection";
  const current = () => (app.page === "workbench" ? app.tabs.current : undefined);
  const session = () => {
    const tab = current();
    return tab && app.sessionOf(tab);
  };
  return [
    {
      id: "connection.open",
      name: "Connect",
      group,
      keys: ["Ctrl+Enter"],
      once: true,
      enabled: () => {
        const tab = current();
        return tab !== undefined && !tab.isCapture && !isUp(app.sessionOf(tab));
      },
      run: async () => {
        const tab = current();
        if (tab) await app.connect(tab);
      },
    },
    {
      id: "connection.close",
      name: "Disconnect",
      group,
      enabled: () => session()?.phase === "open",
      run: async () => {
        const tab = current();
        if (tab) await app.disconnect(tab);
      },
    },
    {
      id: "connection.stop",
      name: "Stop connecting",
      group,
      keys: ["Escape"],
      enabled: () => ["connecting", "waiting"].includes(session()?.phase ?? ""),
      run: async () => {
        const tab = current();
        if (tab) await app.disconnect(tab);
      },
    },
    {
      id: "endpoint.save",
      name: "Save this endpoint",
      group,
      keys: ["Ctrl+S"],
      once: true,
      // Always there, since the browser's own key would offer to save the page.
      enabled: () => current()?.isCapture === false,
      run: async () => {
        const tab = current();
        if (tab === undefined) return;
        if (tab.path === "") app.askPath(tab);
        else if (app.isChanged(tab)) await app.save(tab);
        else app.announcer.say("Nothing was changed since it was saved.");
      },
    },
    {
      id: "endpoint.saveAs",
      name: "Save this endpoint under another name",
      group,
      keys: ["Ctrl+Shift+S"],
      enabled: () => current()?.isCapture === false,
      run: () => {
        const tab = current();
        if (tab) app.askPath(tab);
      },
    },
    {
      id: "endpoint.revert",
      name: "Drop what was changed in this endpoint",
      group,
      enabled: () => {
        const tab = current();
        return tab !== undefined && tab.path !== "" && app.isChanged(tab);
      },
      run: () => {
        const tab = current();
        if (tab) app.revert(tab);
      },
    },
  ];
}

function workspace(app: App): Command[] {
  const group = "Workspace";
  return [
    {
      id: "workspace.undo",
      name: "Undo the last change of the workspace",
      group,
      keys: ["Ctrl+Z"],
      once: true,
      enabled: () => app.workspace.state.can_undo !== "",
      run: () => app.workspace.undo(),
    },
    {
      id: "environment.choose",
      name: "Choose an environment",
      group,
      enabled: () => app.workspace.of("environment").length > 0,
      run: () => {
        const none: Choice = { id: "none", name: "No environment", run: () => choose("") };
        const choose = (name: string) => {
          app.workspace.environment = name;
        };
        const all = app.workspace
          .of("environment")
          .map(({ path }) => ({ id: `e-${path}`, name: path, run: () => choose(path) }));
        app.asking = { label: "Resolve variables from", choices: [...all, none] };
      },
    },
  ];
}

function preferences(app: App): Command[] {
  const group = "Preferences";
  const themes = (["system", "light", "dark"] as const).map((theme) => ({
    id: `theme.${theme}`,
    name: theme === "system" ? "Follow the system’s theme" : `Use the ${theme} theme`,
    group,
    enabled: () => app.preferences.theme !== theme,
    run: () => {
      app.preferences.theme = theme;
    },
  }));
  const letters = (on: boolean) => ({
    id: `letters.${on ? "on" : "off"}`,
    name: `Turn single letters as keys ${on ? "on" : "off"}`,
    group,
    enabled: () => app.preferences.letters !== on,
    run: () => {
      app.preferences.letters = on;
    },
  });
  return [
    ...themes,
    letters(true),
    letters(false),
    {
      id: "tour.show",
      name: "Show the three steps again",
      group,
      enabled: () => app.preferences.tourClosed,
      run: () => {
        app.preferences.tourClosed = false;
        app.go("start");
      },
    },
  ];
}
