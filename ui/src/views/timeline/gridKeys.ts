// What keys do while the timeline has the focus, beside the commands of the view: the keys that a
// grid is expected to have.

import type { Wire } from "./wire.svelte";

interface Around {
  /** Lines of a page. */
  page: number;
  mac: boolean;
  onenter: () => void;
  onmenu: () => void;
}

/** Act on a key; whether it meant something. */
export function gridKey(event: KeyboardEvent, wire: Wire, around: Around): boolean {
  const { line } = wire;
  const main = around.mac ? event.metaKey : event.ctrlKey;
  if (event.altKey) return false;
  if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
    around.onmenu();
    return true;
  }
  if (main && event.key === " ") {
    wire.go(line, "add");
    return true;
  }
  if (main && event.key !== "Home") return false;
  if (line < 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    wire.step(1);
    return true;
  }
  const to = target(event.key, line, around.page);
  if (to !== undefined) {
    wire.go(to, event.shiftKey ? "range" : "alone");
    return true;
  }
  if (event.key === "ArrowRight") return unfold(wire);
  if (event.key === "ArrowLeft") {
    wire.fold(line);
    return true;
  }
  if (event.key !== "Enter" || line < 0) return false;
  around.onenter();
  return true;
}

function target(key: string, line: number, page: number): number | undefined {
  switch (key) {
    case "ArrowDown":
      return line + 1;
    case "ArrowUp":
      return line - 1;
    case "PageDown":
      return line + page;
    case "PageUp":
      return line - page;
    case "Home":
      return 0;
    default:
      return undefined;
  }
}

function unfold(wire: Wire): boolean {
  const row = wire.row(wire.line);
  if (row === undefined) return true;
  if (wire.isUnfolded(row) && !wire.isChild(wire.line)) wire.go(wire.line + 1);
  else if (wire.canUnfold(row)) wire.toggle(wire.line);
  return true;
}
