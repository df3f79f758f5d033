// The scroll bar of a list that is longer than an element can be. Chromium cuts elements at
// 33,554,432 px and Firefox at about half of that; a list of five million rows is longer. Up to
// `TALLEST` the element is as tall as the list; beyond, its height stands for the list's by a ratio,
// and whatever moves by a known distance (wheel, keys) moves the list itself, not the bar.

/** Height of an element at most, in px; well within what every browser can draw. */
export const TALLEST = 8_000_000;

/** How a list and the element that scrolls it belong together. All in px. */
export interface Scale {
  /** Height of all lines together. */
  whole: number;
  /** Height of the part that is seen. */
  seen: number;
  /** Height of the element that is scrolled. */
  element: number;
}

export function scaleOf(lines: number, lineHeight: number, seen: number): Scale {
  const whole = lines * lineHeight;
  return { whole, seen, element: Math.min(whole, Math.max(TALLEST, seen)) };
}

/** How far the list can be scrolled. */
export function furthest(scale: Scale): number {
  return Math.max(0, scale.whole - scale.seen);
}

function furthestOfElement(scale: Scale): number {
  return Math.max(0, scale.element - scale.seen);
}

/** The list's offset where the element's is `top`. */
export function offsetOf(scale: Scale, top: number): number {
  const most = furthestOfElement(scale);
  if (most === 0) return 0;
  return clamp(scale, most === furthest(scale) ? top : (top / most) * furthest(scale));
}

/** The element's offset where the list's is `offset`. */
export function topOf(scale: Scale, offset: number): number {
  const most = furthest(scale);
  return most === 0 ? 0 : (clamp(scale, offset) / most) * furthestOfElement(scale);
}

/** The nearest offset that there is. */
export function clamp(scale: Scale, offset: number): number {
  return Math.min(furthest(scale), Math.max(0, offset));
}

/** The offset nearest to `offset` at which a line is wholly seen, with `around` px to spare. */
export function offsetShowing(
  scale: Scale,
  offset: number,
  line: number,
  lineHeight: number,
  around = 0,
): number {
  const top = line * lineHeight;
  const lowest = top + lineHeight + around - scale.seen;
  const highest = top - around;
  return clamp(scale, lowest > highest ? highest : Math.min(highest, Math.max(lowest, offset)));
}
