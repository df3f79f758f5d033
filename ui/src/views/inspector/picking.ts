// What can be done with a value that is picked in a payload. The filter language knows no paths into
// JSON, so other messages are looked for by the text that the value is written with, and each offer
// says which text that is.

import { cut, visible } from "../../base/visible";
import { quoted } from "../timeline/words";
import { locate, type Path } from "./json";

/** Texts up to this length are looked for; a longer one would hardly ever come twice. */
const LONGEST = 200;
const SHOWN = 36;

/** A text that other messages may hold as well. */
export interface Needle {
  /** As it stands in the payload. */
  text: string;
  /** Short enough for a menu. */
  shown: string;
  /** The expression that finds it. */
  filter: string;
}

/** How a picked value is written: its name and itself; null where the payload is no JSON text. */
export function sourceOf(text: string | null, path: Path): string | null {
  const span = text === null ? null : locate(text, path);
  return span === null || text === null ? null : text.slice(span.keyFrom, span.to);
}

/** What messages like this one can be looked for with: name and value, then the name alone. */
export function needlesOf(text: string | null, path: Path): Needle[] {
  const span = text === null ? null : locate(text, path);
  if (span === null || text === null) return [];
  const whole = text.slice(span.keyFrom, span.to);
  const name = text.slice(span.keyFrom, span.from).replace(/\s*:\s*$/, "");
  return [whole, name].filter((one) => one !== "" && one.length <= LONGEST).map(needle);
}

function needle(text: string): Needle {
  const short = cut(text, SHOWN);
  const shown = `${visible(short)}${short.length < text.length ? "…" : ""}`;
  return { text, shown, filter: `text ~ ${quoted(text)}` };
}

/** The value at a path of a decoded tree; undefined where there is none. */
export function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string | number, unknown>)[key];
  }, tree);
}
