// Captured text made safe to look at. Control characters, characters that turn the direction of
// writing and characters without a picture are shown as what they are, so that no message can look
// like another, hide a part of itself or reorder the line it stands in.

/** A run of text; `escaped` runs are names of characters, to be set apart from the text itself. */
export interface Run {
  text: string;
  escaped: boolean;
}

const NAMES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
};

// C0, DEL and C1 controls, soft hyphen, marks and overrides of direction, invisible joiners and
// spaces, line separators, interlinear marks, the byte order mark, tags, and lone surrogates.
const UNSEEN =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu;

function nameOf(character: string): string {
  const known = NAMES[character];
  if (known !== undefined) return known;
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x100) return `\\x${point.toString(16).padStart(2, "0")}`;
  return point < 0x10000
    ? `\\u${point.toString(16).padStart(4, "0")}`
    : `\\u{${point.toString(16)}}`;
}

/** Cut `text` into runs as they stand and runs that name what cannot be seen. */
export function runs(text: string, keepLines = false): Run[] {
  const found: Run[] = [];
  let from = 0;
  for (const match of text.matchAll(UNSEEN)) {
    const character = match[0];
    if (keepLines && (character === "\n" || character === "\t")) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index), escaped: false });
    const last = found.at(-1);
    if (last?.escaped && match.index === from) last.text += nameOf(character);
    else found.push({ text: nameOf(character), escaped: true });
    from = match.index + character.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), escaped: false });
  return found;
}

/** The beginning of a text, `most` code units long at most; no character is cut in two. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : most);
}

/** The same as one string, for titles and labels. */
export function visible(text: string, keepLines = false): string {
  return runs(text, keepLines)
    .map((run) => run.text)
    .join("");
}
