import { expect, test } from "vitest";

import type { Item } from "../protocol/generated";
import { fileName, followed, foldersOf, freePath, rowsOf } from "./tree";

const item = (path: string, digest = path, url = ""): Item => ({
  kind: "endpoint",
  path,
  value: { url },
  digest,
});

const ITEMS = [item("market/price feed"), item("market/order book"), item("echo"), item("b/c/d")];
const OPEN = () => true;
const names = (rows: { path: string }[]) => rows.map((row) => row.path);

test("folders come first, then names, each at its depth", () => {
  const rows = rowsOf(ITEMS, [], OPEN);
  expect(rows.map((row) => `${row.depth} ${row.name}${row.folder ? "/" : ""}`)).toEqual([
    "0 b/",
    "1 c/",
    "2 d",
    "0 market/",
    "1 order book",
    "1 price feed",
    "0 echo",
  ]);
  expect(rows[4]).toMatchObject({ siblings: 2, position: 1 });
});

test("a folded folder hides what is in it", () => {
  expect(names(rowsOf(ITEMS, [], (path) => path !== "market"))).toEqual([
    "b",
    "b/c",
    "b/c/d",
    "market",
    "echo",
  ]);
});

test("a folder that holds nothing is there, but not while something is searched", () => {
  expect(names(rowsOf([], ["empty/inner"], OPEN))).toEqual(["empty", "empty/inner"]);
  expect(names(rowsOf([], ["empty"], OPEN, "em"))).toEqual([]);
});

test("a search unfolds the way to what fits, by path or by URL", () => {
  const items = [...ITEMS, item("voice/agent", "x", "wss://speech.example.net")];
  expect(names(rowsOf(items, [], () => false, "feed"))).toEqual(["market", "market/price feed"]);
  expect(names(rowsOf(items, [], () => false, "speech"))).toEqual(["voice", "voice/agent"]);
});

test("numbers in names sort as numbers", () => {
  const rows = rowsOf([item("shard 10"), item("shard 9")], [], OPEN);
  expect(names(rows)).toEqual(["shard 9", "shard 10"]);
});

test("all folders are listed once", () => {
  expect(foldersOf(ITEMS, ["empty"])).toEqual(["b", "b/c", "empty", "market"]);
});

test("a name for people becomes one for a file", () => {
  expect(fileName("{{host}}:9443/v2/Größe")).toBe("host 9443 v2 Größe");
});

test("a copy gets the next free number", () => {
  expect(freePath("feed", new Set())).toBe("feed");
  expect(freePath("feed", new Set(["feed", "feed 2"]))).toBe("feed 3");
  expect(freePath("feed 2", new Set(["feed 2"]))).toBe("feed 3");
});

test("a file is followed by its content, and one that is nowhere is gone", () => {
  const before = [item("a/x", "1"), item("a/y", "1"), item("z", "2"), item("kept", "3")];
  const after = [item("b/y", "1"), item("b/x", "1"), item("kept", "4")];
  expect([...followed(before, after)]).toEqual([
    ["a/x", "b/x"],
    ["a/y", "b/y"],
    ["z", null],
  ]);
});
