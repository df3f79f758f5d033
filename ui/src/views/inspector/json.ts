// JSON as it was written: where a value stands in the text, which value stands at a place, and the
// text with line breaks. Nothing is turned into numbers on the way, so that no digit is lost.

export type Path = readonly (string | number)[];

/** Where a value stands, in characters; `keyFrom` is where its name begins, or the value itself. */
export interface Span {
  keyFrom: number;
  from: number;
  to: number;
}

/** The text is not JSON, or deeper than is looked into. */
class Unreadable extends Error {}

/** Levels that are looked into: each is read through once more, and a peer chooses how many. */
const DEEPEST = 128;

function space(text: string, at: number): number {
  while (at < text.length && " \t\n\r".includes(text.charAt(at))) at += 1;
  return at;
}

function stringEnd(text: string, at: number): number {
  if (text.charAt(at) !== '"') throw new Unreadable();
  for (let to = at + 1; to < text.length; to += 1) {
    const character = text.charAt(to);
    if (character === "\\") to += 1;
    else if (character === '"') return to + 1;
  }
  throw new Unreadable();
}

/** Where the value that begins at `at` ends; its insides are only counted. */
function valueEnd(text: string, at: number): number {
  const first = text.charAt(at);
  if (first === '"') return stringEnd(text, at);
  if (first !== "{" && first !== "[") {
    const word = /[-+.\w]+/y;
    word.lastIndex = at;
    if (!word.test(text)) throw new Unreadable();
    return word.lastIndex;
  }
  let depth = 0;
  for (let to = at; to < text.length;) {
    const character = text.charAt(to);
    if (character === '"') {
      to = stringEnd(text, to);
      continue;
    }
    if (character === "{" || character === "[") depth += 1;
    else if ((character === "}" || character === "]") && (depth -= 1) === 0) return to + 1;
    to += 1;
  }
  throw new Unreadable();
}

/** Where the one value of a text ends; anything after it makes the text unreadable. */
function wholeEnd(text: string, at: number): number {
  const end = valueEnd(text, at);
  if (space(text, end) !== text.length) throw new Unreadable();
  return end;
}

/** The members of the object or array at `at`, until the visitor returns true. */
function members(
  text: string,
  at: number,
  visit: (key: string | number, span: Span) => boolean,
): void {
  const isObject = text.charAt(at) === "{";
  const end = isObject ? "}" : "]";
  at = space(text, at + 1);
  for (let number = 0; text.charAt(at) !== end; number += 1) {
    const keyFrom = at;
    let key: string | number = number;
    if (isObject) {
      const to = stringEnd(text, at);
      key = JSON.parse(text.slice(at, to)) as string;
      at = space(text, to);
      if (text.charAt(at) !== ":") throw new Unreadable();
      at = space(text, at + 1);
    }
    const to = valueEnd(text, at);
    if (visit(key, { keyFrom, from: at, to })) return;
    at = space(text, to);
    if (text.charAt(at) === ",") at = space(text, at + 1);
    else if (text.charAt(at) !== end) throw new Unreadable();
  }
}

function isContainer(text: string, at: number): boolean {
  return text.charAt(at) === "{" || text.charAt(at) === "[";
}

/** Where the value of a path stands; null where the text has none, or is no JSON. */
export function locate(text: string, path: Path): Span | null {
  try {
    const begin = space(text, 0);
    let here: Span = { keyFrom: begin, from: begin, to: wholeEnd(text, begin) };
    for (const key of path) {
      if (!isContainer(text, here.from)) return null;
      let found: Span | null = null;
      // A name that comes twice: the last counts, as in every parser.
      members(text, here.from, (name, span) => {
        if (name === key) found = span;
        return typeof key === "number" && name === key;
      });
      if (found === null) return null;
      here = found;
    }
    return here;
  } catch {
    return null;
  }
}

/** The path of the innermost value that stands at a character; null where the text is no JSON. */
export function pathAt(text: string, character: number): Path | null {
  try {
    const path: (string | number)[] = [];
    let at = space(text, 0);
    wholeEnd(text, at);
    for (;;) {
      let inner: number | null = null;
      if (!isContainer(text, at)) return path;
      if (path.length >= DEEPEST) return null;
      members(text, at, (key, span) => {
        if (character < span.keyFrom || character >= span.to) return span.keyFrom > character;
        path.push(key);
        inner = span.from;
        return true;
      });
      if (inner === null) return path;
      at = inner;
    }
  } catch {
    return null;
  }
}

/** A path as it is written: `$.bids[0].px`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return /^[A-Za-z_$][\w$]*$/.test(key) ? `${text}.${key}` : `${text}[${JSON.stringify(key)}]`;
  }, "$");
}

/** JSON with a line for each member, digits and escapes as they were; null for what is none, or is
 * nested so deeply that it would not become clearer. */
export function pretty(text: string): string | null {
  try {
    const made = new Layout();
    const end = layOut(text, space(text, 0), 0, made);
    return space(text, end) === text.length ? made.parts.join("") : null;
  } catch {
    return null;
  }
}

/** Characters of a text that is laid out: indents can make many out of few. */
const LONGEST = 16 << 20;

class Layout {
  readonly parts: string[] = [];
  #length = 0;

  push(part: string): void {
    this.parts.push(part);
    this.#length += part.length;
    if (this.#length > LONGEST) throw new Unreadable();
  }
}

/** Add the value at `at`, laid out, to `made`; returns where it ends. Each character is read once. */
function layOut(text: string, at: number, depth: number, made: Layout): number {
  if (!isContainer(text, at)) {
    const end = valueEnd(text, at);
    made.push(text.slice(at, end));
    return end;
  }
  if (depth >= DEEPEST) throw new Unreadable();
  const isObject = text.charAt(at) === "{";
  const close = isObject ? "}" : "]";
  const indent = `\n${"  ".repeat(depth + 1)}`;
  made.push(text.charAt(at));
  let isFirst = true;
  at = space(text, at + 1);
  while (text.charAt(at) !== close) {
    made.push(isFirst ? indent : `,${indent}`);
    isFirst = false;
    if (isObject) {
      const to = stringEnd(text, at);
      made.push(`${text.slice(at, to)}: `);
      at = space(text, to);
      if (text.charAt(at) !== ":") throw new Unreadable();
      at = space(text, at + 1);
    }
    at = space(text, layOut(text, at, depth + 1, made));
    if (text.charAt(at) === ",") at = space(text, at + 1);
    else if (text.charAt(at) !== close) throw new Unreadable();
  }
  made.push(isFirst ? close : `\n${"  ".repeat(depth)}${close}`);
  return at + 1;
}
