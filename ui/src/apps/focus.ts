// Where the focus is, and how it walks through the regions of the page.

import type { Place } from "../store/commands.svelte";

const FIELD =
  "textarea, select, [contenteditable='true'], input:not([type='checkbox'], [type='radio'], [type='button'], [type='range'])";
const LIST = "[role='grid'], [role='tree'], [role='listbox'], [data-keys='list']";
const FOCUSABLE =
  "a[href], button:not(:disabled), input:not(:disabled), select, textarea, [tabindex='0']";

/** What the element at the begin of an event's path is, for the keys. */
export function placeOf(path: readonly EventTarget[]): Place {
  const elements = path.filter((one) => one instanceof Element);
  return {
    editing: elements[0]?.matches(FIELD) ?? false,
    list: elements.some((one) => one.matches(LIST)),
  };
}

/** Whether the focus is in a tree. */
export function isInTree(): boolean {
  return document.activeElement?.closest("[role='tree']") != null;
}

/** Give the focus to the next region that is seen, or to the one before. */
export function stepRegion(by: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter((one) =>
    one.checkVisibility(),
  );
  if (regions.length === 0) return;
  const here = regions.findLastIndex((one) => one.contains(document.activeElement));
  const from = here < 0 && by < 0 ? 0 : here;
  const region = regions[(from + by + regions.length) % regions.length];
  if (region === undefined) return;
  const inner = [...region.querySelectorAll<HTMLElement>(FOCUSABLE)].find((one) =>
    one.checkVisibility(),
  );
  if (inner === undefined) region.tabIndex = -1;
  (inner ?? region).focus();
}

/** Give the focus to the first field of a region, or to what else can have it there. */
export function focusRegion(name: string): void {
  const region = document.querySelector(`[data-region="${CSS.escape(name)}"]`);
  const inner = region?.querySelector<HTMLElement>("input, select, textarea");
  (inner ?? region?.querySelector<HTMLElement>(FOCUSABLE))?.focus();
}
