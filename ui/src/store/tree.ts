// The workspace's files as rows of a tree: folders first, then names, as far as they are unfolded
// or a search finds them.

import { fits } from "../base/matching";
import type { Item } from "../protocol/generated";

export interface TreeRow {
  /** The path; unique within one kind. */
  path: string;
  name: string;
  depth: number;
  folder: boolean;
  /** Of a folder: whether what is in it is shown. */
  open: boolean;
  item: Item | null;
  /** How many siblings there are, and which of them this is, from 1. */
  siblings: number;
  position: number;
}

interface Folder {
  folders: Map<string, Folder>;
  items: Item[];
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What is before the last part; empty at the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** A path below a folder. */
export function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** Rows of `items`; `folders` may hold nothing; a search shows what fits and unfolds the way there. */
export function rowsOf(
  items: readonly Item[],
  folders: readonly string[],
  isOpen: (path: string) => boolean,
  search = "",
): TreeRow[] {
  const searching = search.trim() !== "";
  const found = searching ? items.filter((item) => fits(search, textOf(item)) > 0) : items;
  const root: Folder = { folders: new Map(), items: [] };
  if (!searching) for (const path of folders) into(root, path);
  for (const item of found) into(root, folderOf(item.path)).items.push(item);
  const rows: TreeRow[] = [];
  put(root, "", 0, rows, searching ? () => true : isOpen);
  return rows;
}

/** All folders there are, sorted: those of the items and those that hold nothing. */
export function foldersOf(items: readonly Item[], folders: readonly string[]): string[] {
  const all = new Set<string>();
  for (const start of [...folders, ...items.map((item) => folderOf(item.path))]) {
    for (let path = start; path !== ""; path = folderOf(path)) all.add(path);
  }
  return [...all].sort(byName);
}

/** A name that every system's files can have, near a name for people. */
export function fileName(name: string): string {
  return name
    .replace(/[^\p{L}\p{N} ._-]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 80);
}

/** A path near `path` that nothing has yet: "feed 2", "feed 3". */
export function freePath(path: string, taken: ReadonlySet<string>): string {
  if (!taken.has(path)) return path;
  const base = path.replace(/ \d+$/, "");
  for (let number = 2; ; number += 1) {
    const free = `${base} ${number}`;
    if (!taken.has(free)) return free;
  }
}

/**
 * Where the files of `before` are now: paths that are gone, with the path at which the same content
 * is new, or null where it is nowhere.
 */
export function followed(
  before: readonly Item[],
  after: readonly Item[],
): Map<string, string | null> {
  const there = new Set(after.map((item) => item.path));
  const known = new Set(before.map((item) => item.path));
  const fresh = after.filter((item) => !known.has(item.path));
  const found = new Map<string, string | null>();
  for (const gone of before.filter((item) => !there.has(item.path))) {
    const same = fresh.filter((item) => item.digest === gone.digest);
    const to = same.find((item) => nameOf(item.path) === nameOf(gone.path)) ?? same[0];
    if (to !== undefined) fresh.splice(fresh.indexOf(to), 1);
    found.set(gone.path, to?.path ?? null);
  }
  return found;
}

function textOf(item: Item): string {
  return `${item.path} ${urlOf(item)}`.trimEnd();
}

/** An endpoint's address as its file has it; empty where it has none. */
export function urlOf(item: Item): string {
  const url = item.value?.["url"];
  return typeof url === "string" ? url : "";
}

function into(root: Folder, path: string): Folder {
  let folder = root;
  if (path === "") return folder;
  for (const name of path.split("/")) {
    let next = folder.folders.get(name);
    if (next === undefined) {
      next = { folders: new Map(), items: [] };
      folder.folders.set(name, next);
    }
    folder = next;
  }
  return folder;
}

function byName(one: string, other: string): number {
  return one.localeCompare(other, undefined, { numeric: true });
}

function put(
  folder: Folder,
  path: string,
  depth: number,
  rows: TreeRow[],
  isOpen: (path: string) => boolean,
): void {
  const siblings = folder.folders.size + folder.items.length;
  let position = 0;
  const inner = [...folder.folders].sort(([one], [other]) => byName(one, other));
  for (const [name, child] of inner) {
    const below = join(path, name);
    const open = isOpen(below);
    position += 1;
    rows.push({ path: below, name, depth, folder: true, open, item: null, siblings, position });
    if (open) put(child, below, depth + 1, rows, isOpen);
  }
  const items = [...folder.items].sort((one, other) => byName(one.path, other.path));
  for (const item of items) {
    position += 1;
    const row = { path: item.path, name: nameOf(item.path), folder: false, open: false, item };
    rows.push({ ...row, depth, siblings, position });
  }
}
