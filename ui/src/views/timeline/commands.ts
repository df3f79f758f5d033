// What can be done with a timeline, by name and key. Single letters act while a list has the focus.

import { tick } from "svelte";

import type { App } from "../../store/app.svelte";
import type { Command } from "../../store/commands.svelte";
import { copyAs, FORMS } from "./copying";
import type { Tab } from "../../store/tabs.svelte";
import type { Wire } from "./wire.svelte";

export interface Hands {
  /** The timeline that is shown; null where none is. */
  wire: () => Wire | null;
  find: (doing: "only" | "mark") => void;
  step: (backward: boolean) => void;
  finding: (backward: boolean) => Promise<void>;
  inspect: () => void;
  compare: () => void;
  bookmark: () => Promise<void>;
}

/** All commands of the wire view. */
export function wireCommands(app: App, hands: Hands): Command[] {
  const here = () => hands.wire() !== null;
  const live = () => {
    const capture = hands.wire()?.tab.capture ?? "";
    return app.captures.of(capture)?.recording ?? false;
  };
  const chosen = () => (hands.wire()?.chosen.size ?? 0) > 0;
  const act = (run: (wire: Wire) => void | Promise<void>) => () => {
    const wire = hands.wire();
    return wire === null ? undefined : run(wire);
  };
  const make = (
    id: string,
    name: string,
    keys: readonly string[],
    run: (wire: Wire) => void | Promise<void>,
    enabled = here,
  ): Command => ({ id: `wire.${id}`, name, group: "Timeline", keys, enabled, run: act(run) });
  return [
    make("filter", "Filter rows", ["/"], () => hands.find("only")),
    make("search", "Search and mark rows", ["Ctrl+F"], () => hands.find("mark")),
    make("next", "Next row", ["j"], (wire) => wire.step(1)),
    make("previous", "Row before", ["k"], (wire) => wire.step(-1)),
    make("hit.next", "Next hit", ["n"], () => hands.step(false)),
    make("hit.previous", "Hit before", ["N"], () => hands.step(true)),
    make("finding.next", "Next finding", ["]"], () => hands.finding(false)),
    make("finding.previous", "Finding before", ["["], () => hands.finding(true)),
    make("newest", "Go to the newest row and follow", ["End"], (wire) => follow(app, wire)),
    make("pause", "Pause or resume the view", ["Space"], (wire) => pause(app, wire), live),
    make("go", "Go to a row or a time", ["Ctrl+G"], (wire) => askPlace(app, wire)),
    make("inspect", "Go to the inspector", [], () => hands.inspect(), chosen),
    make("cursor.a", "Set cursor A", ["a"], (wire) => cursor(app, wire, "A"), chosen),
    make("cursor.b", "Set cursor B", ["b"], (wire) => cursor(app, wire, "B"), chosen),
    make("compare", "Compare A and B", ["d"], () => hands.compare()),
    make("bookmark", "Bookmark", ["m"], () => hands.bookmark(), chosen),
    make("mode", "Show messages or frames", ["Alt+M"], (wire) => {
      setMode(wire, wire.store.view.mode === "frames" ? "messages" : "frames");
    }),
    make("fold", "Fold or list heartbeats and alike rows", ["Alt+F"], (wire) => {
      setFold(wire, !wire.store.view.fold);
    }),
    ...FORMS.map((form) =>
      make(
        `copy.${form.id}`,
        `Copy as ${form.name}`,
        form.id === "text" ? ["Ctrl+C"] : [],
        (wire) => copyAs(app, wire.tab.capture, [...wire.chosen], form.id),
        () => chosen() && String(getSelection() ?? "") === "",
      ),
    ),
  ];
}

/** Go to the newest row and stay there. */
export function follow(app: App, wire: Wire): void {
  wire.chosen = new Set();
  wire.line = -1;
  wire.tab.selected = 0;
  wire.store.follow();
  app.announcer.say("Following the newest rows.");
}

/** Stop the view, or let it go on; the capture goes on in any case. */
export function pause(app: App, wire: Wire): void {
  if (wire.store.paused) follow(app, wire);
  else {
    wire.store.pause();
    app.announcer.say("Paused. The recording goes on.");
  }
}

export function setMode(wire: Wire, mode: "messages" | "frames"): void {
  const seq = wire.tab.selected;
  wire.forget();
  wire.store.change({ mode });
  again(wire, seq);
}

export function setFold(wire: Wire, fold: boolean): void {
  const seq = wire.tab.selected;
  wire.forget();
  wire.store.change({ fold });
  again(wire, seq);
}

/** Show the rows of one connection; empty for all. */
export function setConnection(wire: Wire, connection: string): void {
  wire.forget();
  wire.store.change({ connection });
  if (wire.search !== "") wire.mark(wire.search);
}

/** Show only what an expression lets through, or mark it; the selected event stays in sight. */
export async function lookFor(
  app: App,
  wire: Wire,
  doing: "only" | "mark",
  expression: string,
): Promise<void> {
  const seq = wire.tab.selected;
  wire.doing = doing;
  wire.typed[doing] = expression;
  app.pane = "main";
  if (doing === "mark") wire.mark(expression);
  else {
    wire.only(expression);
    if (seq > 0) await wire.goToSeq(seq);
  }
}

/** Begin a rule that answers what an expression lets through; the person says with what. */
export async function answerWhen(app: App, tab: Tab, when: string): Promise<void> {
  const rules = app.fieldsOf(tab)["on_message"];
  const before: unknown[] = Array.isArray(rules) ? rules : [];
  app.setField(tab, "on_message", [...before, { when, send: "", body: "", enabled: false }]);
  tab.option = "rules";
  app.pane = "main";
  app.announcer.say(
    `Rule ${before.length + 1} of the endpoint is off until you say what it sends and switch it on.`,
  );
  await tick();
  [...document.querySelectorAll<HTMLElement>("[data-answer]")].at(-1)?.focus();
}

/** The rows are others; stay at the event. */
function again(wire: Wire, seq: number): void {
  if (wire.search !== "") wire.mark(wire.search);
  if (seq > 0) void wire.goToSeq(seq).catch(() => undefined);
}

function cursor(app: App, wire: Wire, which: "A" | "B"): void {
  const { tab } = wire;
  const name = which === "A" ? "cursorA" : "cursorB";
  tab[name] = tab[name] === tab.selected ? 0 : tab.selected;
  app.announcer.say(
    tab[name] === 0 ? `Cursor ${which} taken away` : `Cursor ${which} at ${tab[name]}`,
  );
}

const TIME = /^([\d.]+)\s*(ms|s|min|h)$/;
const UNITS: Readonly<Record<string, number>> = { ms: 1e6, s: 1e9, min: 60e9, h: 3600e9 };

/** A time as it is typed, in nanoseconds; null for what is none. */
export function readTime(typed: string): number | null {
  const found = TIME.exec(typed.trim());
  const unit = UNITS[found?.[2] ?? ""];
  const number = Number(found?.[1]);
  return unit === undefined || Number.isNaN(number) ? null : Math.round(number * unit);
}

function askPlace(app: App, wire: Wire): void {
  const fail = (error: unknown) => app.fail(error);
  app.asking = {
    label: "Number of an event, or a time such as 14.4 s",
    choices: [
      { id: "first", name: "First row", run: () => wire.goToIndex(0) },
      { id: "last", name: "Last row", run: () => wire.goToIndex(wire.store.shown - 1) },
    ],
    create: (typed) => {
      const ns = readTime(typed);
      if (ns !== null) {
        return {
          id: "time",
          name: `Go to ${typed}`,
          run: () => void wire.goToTime(ns).catch(fail),
        };
      }
      const seq = Number(typed.replace(/[#,\s]/g, ""));
      if (!Number.isInteger(seq) || seq < 1) return null;
      return { id: "seq", name: `Go to #${seq}`, run: () => void wire.goToSeq(seq).catch(fail) };
    },
  };
}
