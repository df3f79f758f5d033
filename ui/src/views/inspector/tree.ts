// A decoded value as the lines of a tree: what is open, and of long lists a window.

import { count } from "../../base/format";
import { cut, visible } from "../../base/visible";
import { type Path, pathText } from "./json";

/** Members of a list that are shown before more are asked for. */
export const WINDOW = 100;
const OPEN_DEPTH = 2;
const OPEN_SIZE = 100;
const MOST_LINES = 3000;
const TEXT = 400;

export interface TreeLine {
  path: Path;
  /** The path as text: unique. */
  id: string;
  name: string;
  depth: number;
  kind: "branch" | "leaf" | "more" | "end";
  open: boolean;
  /** The value in a line. */
  shown: string;
  type: string;
  value: unknown;
}

/** What a person folded or unfolded, and how far lists are shown. */
export interface TreeState {
  open: ReadonlyMap<string, boolean>;
  shown: ReadonlyMap<string, number>;
}

/** What stands behind the last line where there would be more of them. */
const END: TreeLine = {
  ...{ path: [], id: "…", name: "", depth: 0, kind: "end", open: false, type: "", value: null },
  shown: `${count(MOST_LINES)} lines are shown at most; fold something to see what follows.`,
};

/** The lines that are seen of a value. */
export function treeLines(value: unknown, state: TreeState): TreeLine[] {
  const lines: TreeLine[] = [];
  if (isBranch(value)) addMembers(lines, value, [], 0, state);
  else lines.push(lineOf(value, [], "value", 0, state));
  if (lines.length >= MOST_LINES) lines.push(END);
  return lines;
}

function isBranch(value: unknown): value is Record<string, unknown> | unknown[] {
  return typeof value === "object" && value !== null && bytesOf(value) === null;
}

function addMembers(
  lines: TreeLine[],
  value: Record<string, unknown> | unknown[],
  path: Path,
  depth: number,
  state: TreeState,
): void {
  const id = pathText(path);
  const most = state.shown.get(id) ?? WINDOW;
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.slice(0, most).map((one, at) => [at, one])
    : Object.entries(value).slice(0, most);
  const all = Array.isArray(value) ? value.length : Object.keys(value).length;
  for (const [key, one] of entries) {
    if (lines.length >= MOST_LINES) return;
    const inner = [...path, key];
    const line = lineOf(one, inner, String(key), depth, state);
    lines.push(line);
    if (line.open && isBranch(one)) addMembers(lines, one, inner, depth + 1, state);
  }
  if (all <= most) return;
  const shown = `${count(all - most)} more of ${count(all)}`;
  lines.push({
    ...{ path, id: `${id}…`, name: "", depth, kind: "more", open: false },
    ...{ shown, type: "", value: null },
  });
}

function lineOf(
  value: unknown,
  path: Path,
  name: string,
  depth: number,
  state: TreeState,
): TreeLine {
  const id = pathText(path);
  const size = sizeOf(value);
  const open = isBranch(value)
    ? (state.open.get(id) ?? (depth < OPEN_DEPTH && size <= OPEN_SIZE))
    : false;
  return {
    path,
    id,
    name: visible(name),
    depth,
    kind: isBranch(value) && size > 0 ? "branch" : "leaf",
    open,
    shown: inLine(value, open),
    type: typeOf(value, name),
    value,
  };
}

function sizeOf(value: unknown): number {
  if (!isBranch(value)) return 0;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

/** Bytes are `{"base64": …}`; null for anything else. */
function bytesOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  const entries = Object.entries(value);
  const [first] = entries;
  const is = entries.length === 1 && first?.[0] === "base64" && typeof first[1] === "string";
  return is ? String(first?.[1]) : null;
}

function inLine(value: unknown, open: boolean): string {
  const bytes = bytesOf(value);
  if (bytes !== null) return shortened(`base64 ${bytes}`);
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `${count(value.length)} items`;
  if (isBranch(value)) {
    const names = Object.keys(value);
    if (names.length === 0) return "{}";
    return open ? "" : `{${visible(names.slice(0, 6).join(", "))}${names.length > 6 ? ", …" : ""}}`;
  }
  return shortened(visible(JSON.stringify(value) ?? "undefined"));
}

function shortened(text: string): string {
  return text.length > TEXT ? `${cut(text, TEXT)}… (${count(text.length)} characters)` : text;
}

/** Names of versions, which are written with digits and are no numbers. */
const VERSION = /^(jsonrpc|api|protocol|v|ver)$|version$/i;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/** What kind of value it is, and what it may stand for; `name` is its name. */
export function typeOf(value: unknown, name = ""): string {
  if (value === null) return "null";
  if (bytesOf(value) !== null) return "bytes";
  if (Array.isArray(value)) return "array";
  if (typeof value === "object") return "object";
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) return Number.isInteger(value) ? "number, rounded" : "number";
    return timeOf(value) ?? "integer";
  }
  if (typeof value === "string" && NUMBER.test(value) && !VERSION.test(name)) {
    return "number sent as string";
  }
  return typeof value;
}

const FIRST_S = Date.UTC(2001, 0) / 1000;
const LAST_S = Date.UTC(2100, 0) / 1000;

/** An integer that is a time of this century, as UTC. */
function timeOf(value: number): string | null {
  for (const scale of [1, 1e3, 1e6]) {
    const s = value / scale;
    if (s >= FIRST_S && s < LAST_S && value > 1e9) {
      return new Date(s * 1000)
        .toISOString()
        .replace("T", " ")
        .replace(/\.?0*Z$/, " UTC");
    }
  }
  return null;
}
