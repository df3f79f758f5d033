// Completion of the filter language: what could stand at the end of what was typed.

/** A word that can be taken over, and what it means. */
export interface Suggestion {
  word: string;
  note: string;
}

/** What can be said of each kind of field; those that are not named are compared with texts. */
const VALUES: ReadonlyMap<string, readonly string[]> = new Map([
  ["direction", ["sent", "received"]],
  ["opcode", ["text", "binary", "ping", "pong", "close", "continuation"]],
  ["kind", ["text", "binary"]],
  ["initiator", ["local", "remote", "network"]],
  ["phase", ["dns", "tcp", "proxy", "tls", "upgrade"]],
  ["cause", ["close", "reset", "end"]],
]);

const SIZES = new Set(["length", "wire_length"]);
const DURATIONS = new Set(["at", "duration"]);
const NUMBERS = new Set(["seq", "code", "status"]);
const SWITCHES = new Set(["fin", "rsv1", "rsv2", "rsv3", "masked", "compressed", "clean"]);

const NOTES: Readonly<Record<string, string>> = {
  type: "kind of event",
  connection: "c1, c2 …",
  seq: "number of the event",
  at: "time since the start",
  direction: "sent or received",
  opcode: "of frames",
  kind: "text or binary",
  length: "payload, decoded",
  wire_length: "bytes on the wire",
  text: "payload as text",
  payload: "payload as bytes",
  code: "close code",
  reason: "close reason",
  status: "HTTP status",
  clause: "clause that was broken",
};

const OPERATORS: readonly Suggestion[] = [
  { word: "==", note: "is" },
  { word: "!=", note: "is not" },
  { word: "~", note: "contains, letter for letter" },
  { word: "~*", note: "contains, either case" },
  { word: "in (", note: "is one of" },
];

const ORDER: readonly Suggestion[] = [
  { word: "<", note: "less" },
  { word: "<=", note: "at most" },
  { word: ">", note: "greater" },
  { word: ">=", note: "at least" },
];

const JOINS: readonly Suggestion[] = [
  { word: "and", note: "both" },
  { word: "or", note: "either" },
];

/** What a path into a JSON payload begins with; its names are not known here. */
const JSON_PATH = "json.";

const JSON_VALUES = ["true", "false", "null"];

export interface Vocabulary {
  fields: readonly string[];
  types: readonly string[];
}

/** What could stand at the caret, and where the word that it takes the place of begins. */
export function suggest(
  typed: string,
  vocabulary: Vocabulary,
): { from: number; found: Suggestion[] } {
  const word = /[\w.]*$/.exec(typed)?.[0] ?? "";
  const from = typed.length - word.length;
  if (isInText(typed)) return { from: typed.length, found: [] };
  const before = typed.slice(0, from);
  const compared = /([\w.]+)\s*(?:==|!=|<=|>=|<|>|~\*|~|\bin\s*\((?:[^()]*,)?)\s*$/.exec(before);
  if (compared) return { from, found: fitting(valuesOf(compared[1] ?? "", vocabulary), word) };
  const last = /([\w.")]+)\s+$/.exec(before)?.[1] ?? "";
  if (vocabulary.fields.includes(last) || last.startsWith(JSON_PATH)) {
    return { from, found: fitting(operatorsOf(last), word) };
  }
  if (last === "" || /^(and|or|not)$/.test(last) || /[(!&|]\s*$/.test(before)) {
    const fields = vocabulary.fields.map((field) => ({ word: field, note: NOTES[field] ?? "" }));
    const further = [
      { word: JSON_PATH, note: "value in a JSON payload, json.params.0.price" },
      { word: "not", note: "the opposite" },
    ];
    return { from, found: fitting([...fields, ...further], word) };
  }
  return { from, found: fitting(JOINS, word) };
}

function isInText(typed: string): boolean {
  let quote = "";
  for (let at = 0; at < typed.length; at += 1) {
    const character = typed.charAt(at);
    if (quote !== "" && character === "\\") at += 1;
    else if (character === quote) quote = "";
    else if (quote === "" && (character === '"' || character === "'")) quote = character;
  }
  return quote !== "";
}

function fitting(all: readonly Suggestion[], word: string): Suggestion[] {
  const lower = word.toLowerCase();
  return all.filter((one) => one.word.startsWith(lower) && one.word !== lower);
}

function operatorsOf(field: string): readonly Suggestion[] {
  if (SWITCHES.has(field)) return JOINS;
  if (field.startsWith(JSON_PATH)) return [...OPERATORS, ...ORDER];
  const ordered = SIZES.has(field) || DURATIONS.has(field) || NUMBERS.has(field);
  return ordered ? [...ORDER, ...OPERATORS.slice(0, 2), ...OPERATORS.slice(4)] : OPERATORS;
}

function valuesOf(field: string, vocabulary: Vocabulary): Suggestion[] {
  if (field === "type") return vocabulary.types.map((word) => ({ word, note: "" }));
  if (SIZES.has(field)) return unit(["1kB", "64kB", "1MB"], "size");
  if (DURATIONS.has(field)) return unit(["100ms", "1s", "1min"], "duration");
  if (SWITCHES.has(field)) return unit(["true", "false"], "");
  if (field.startsWith(JSON_PATH)) return unit(JSON_VALUES, "");
  return unit(VALUES.get(field) ?? [], "");
}

function unit(words: readonly string[], note: string): Suggestion[] {
  return words.map((word) => ({ word, note }));
}

/** What was typed with a suggestion in the place of the word at its end. */
export function taken(typed: string, from: number, suggestion: Suggestion): string {
  const goesOn = suggestion.word === JSON_PATH; // a name is to follow
  return `${typed.slice(0, from)}${suggestion.word}${goesOn ? "" : " "}`;
}
