// What can be done with a value that is picked in a payload: the filters that find it elsewhere, and
// the value as it is written.

import { cut, visible } from "../../base/visible";
import { quoted } from "../timeline/words";
import { locate, type Path } from "./json";

/** Texts up to this length are looked for; a longer one would hardly ever come twice. */
const LONGEST = 200;
const SHOWN = 36;

/** What other messages can be looked for with. */
export interface Needle {
  /** Short enough for a menu: `price is "1.10"`. */
  shown: string;
  /** The expression that finds it. */
  filter: string;
}

/** How a picked value is written: its name and itself; null where the payload is no JSON text. */
export function sourceOf(text: string | null, path: Path): string | null {
  const span = text === null ? null : locate(text, path);
  return span === null || text === null ? null : text.slice(span.keyFrom, span.to);
}

/** What messages like this one can be looked for with: the value at the path, then any value there. */
export function needlesOf(text: string | null, path: Path): Needle[] {
  const span = text === null ? null : locate(text, path);
  if (span === null || text === null || path.length === 0) return [];
  const names = path.map(nameOf).join(".");
  const found = [{ shown: `${short(names)} is there`, filter: `json.${names} != null` }];
  const value = text.slice(span.from, span.to);
  if (/^["\d-]|^true$|^false$/.test(value) && value.length <= LONGEST)
    found.unshift({
      shown: `${short(names)} is ${short(value)}`,
      filter: `json.${names} == ${spelled(value)}`,
    });
  return found;
}

function short(text: string): string {
  const part = cut(text, SHOWN);
  return `${visible(part)}${part.length < text.length ? "…" : ""}`;
}

/** A name as a path of the filter language has it. */
function nameOf(name: string | number): string {
  const text = String(name);
  return /^[^\s.()!,=<>~&|"'\\]+$/.test(text) ? text : quoted(text);
}

/** A value of JSON as the filter language writes it: texts in its own quotes. */
function spelled(value: string): string {
  return value.startsWith('"') ? quoted(JSON.parse(value) as string) : value;
}

/** The value at a path of a decoded tree; undefined where there is none. */
export function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string | number, unknown>)[key];
  }, tree);
}
