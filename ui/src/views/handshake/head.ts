// Heads of HTTP as they were on the wire: each character is a byte, each line keeps its end, each
// field its case and its place.

/** A line of a head. */
export interface HeadLine {
  kind: "start" | "field" | "folded" | "end" | "broken";
  /** Of a field: its name as it was written; empty of anything else. */
  name: string;
  /** What stands after the colon, blanks included; of anything else the whole line. */
  value: string;
  /** The bytes that ended the line. */
  end: "\r\n" | "\n" | "";
}

/** What a recorder wrote in the place of a secret. */
const REDACTED = /^\s*(\S+ )?\[redacted\]\s*$/;

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Cut a head into its lines. */
export function readHead(head: string): HeadLine[] {
  const lines: HeadLine[] = [];
  for (const [whole, text = "", end = ""] of head.matchAll(
    /([^\r\n]*(?:\r(?!\n)[^\r\n]*)*)(\r\n|\n|$)/g,
  )) {
    if (whole === "") continue;
    lines.push({ ...readLine(text, lines.length === 0), end: end as HeadLine["end"] });
  }
  return lines;
}

function readLine(text: string, first: boolean): Omit<HeadLine, "end"> {
  if (first) return { kind: "start", name: "", value: text };
  if (text === "") return { kind: "end", name: "", value: "" };
  if (/^[ \t]/.test(text)) return { kind: "folded", name: "", value: text };
  const colon = text.indexOf(":");
  const name = text.slice(0, Math.max(0, colon));
  if (!NAME.test(name)) return { kind: "broken", name: "", value: text };
  return { kind: "field", name, value: text.slice(colon + 1) };
}

/** The values of a field, in order, without blanks around them. */
export function valuesOf(lines: readonly HeadLine[], name: string): string[] {
  return lines
    .filter((line) => line.name.toLowerCase() === name.toLowerCase())
    .map((line) => line.value.trim());
}

/** A field that may stand in several lines, as one list; undefined where it is missing. */
export function valueOf(lines: readonly HeadLine[], name: string): string | undefined {
  const values = valuesOf(lines, name);
  return values.length > 0 ? values.join(", ") : undefined;
}

/** Whether the value was a secret and is not in the record. */
export function isRedacted(value: string): boolean {
  return REDACTED.test(value);
}

/** The members of a list such as `Sec-WebSocket-Protocol`, as they are written. */
export function membersOf(value: string | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** The members of a list in which case means nothing, such as `Connection`, in lower case. */
export function tokensOf(value: string | undefined): string[] {
  return membersOf(value).map((part) => part.toLowerCase());
}

/** A line of two heads beside each other. */
export interface HeadChange {
  sign: "same" | "removed" | "added";
  text: string;
}

/** Lines of one head times lines of the other that are compared: a server chooses how many it has. */
const MOST_COMPARED = 4_000_000;

/** What is different between two heads, line by line; of monstrous ones each is shown as a whole. */
export function compareHeads(before: string, after: string): HeadChange[] {
  const one = textsOf(before);
  const other = textsOf(after);
  if (one.length * other.length > MOST_COMPARED) {
    const all = (sign: HeadChange["sign"]) => (text: string) => ({ sign, text });
    return [...one.map(all("removed")), ...other.map(all("added"))];
  }
  const common = lengths(one, other);
  const found: HeadChange[] = [];
  let i = 0;
  let j = 0;
  while (i < one.length || j < other.length) {
    const [mine, theirs] = [one[i], other[j]];
    if (mine !== undefined && mine === theirs) {
      found.push({ sign: "same", text: mine });
      i += 1;
      j += 1;
    } else if (
      theirs === undefined ||
      (mine !== undefined && at(common, i + 1, j) >= at(common, i, j + 1))
    ) {
      found.push({ sign: "removed", text: mine ?? "" });
      i += 1;
    } else {
      found.push({ sign: "added", text: theirs });
      j += 1;
    }
  }
  return found;
}

const at = (table: readonly (readonly number[])[], i: number, j: number) => table[i]?.[j] ?? 0;

function textsOf(head: string): string[] {
  return readHead(head)
    .filter((line) => line.kind !== "end")
    .map((line) => (line.kind === "field" ? `${line.name}:${line.value}` : line.value));
}

/** Lengths of the longest common rest from each pair of places on. */
function lengths(one: readonly string[], other: readonly string[]): number[][] {
  const table = Array.from({ length: one.length + 1 }, () =>
    new Array<number>(other.length + 1).fill(0),
  );
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      const row = table[i];
      if (!row) continue;
      row[j] =
        one[i] === other[j]
          ? at(table, i + 1, j + 1) + 1
          : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}
