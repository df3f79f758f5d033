import { beforeEach, expect, test } from "vitest";

import type { Item, WorkspaceState } from "../protocol/generated";
import type { Call } from "../transport/api";
import { Kept } from "./kept";
import { Preferences } from "./preferences.svelte";
import { drawerOf } from "./testing/drawer";
import type { TreeRow } from "./tree";
import { Workspace } from "./workspace.svelte";

let asked: { name: string; body: unknown }[];
let state: WorkspaceState;
let workspace: Workspace;

const item = (kind: Item["kind"], path: string): Item => ({ kind, path, value: {}, digest: "1" });
const row = (path: string) => ({ path, name: path.split("/").at(-1) }) as TreeRow;

const call = (async (name: string, rest?: { body: unknown }) => {
  asked.push({ name, body: rest?.body });
  return name === "workspace" ? state : {};
}) as unknown as Call;

beforeEach(() => {
  asked = [];
  state = {
    name: "Atlas",
    folder: "/atlas",
    revision: 4,
    items: [
      item("endpoint", "market/feed"),
      item("endpoint", "feed"),
      item("environment", "staging"),
    ],
    folders: [],
    troubles: [],
    secrets: {},
    retention_days: 7,
    retention_bytes: null,
    can_undo: "",
  };
  workspace = new Workspace(call, new Preferences(new Kept(drawerOf())));
  workspace.take(state);
});

const orders = () => asked.filter(({ name }) => name !== "workspace");

test("a rename stays in the folder unless the name leads elsewhere", async () => {
  expect(await workspace.rename("endpoint", row("market/feed"), "quotes")).toBe("market/quotes");
  expect(await workspace.rename("endpoint", row("market/feed"), "fx/quotes")).toBe(
    "market/fx/quotes",
  );
  expect(orders()[0]).toEqual({
    name: "move_item",
    body: { kind: "endpoint", path: "market/feed", to: "market/quotes" },
  });
});

test("a rename to nothing, or to the same, asks for nothing", async () => {
  expect(await workspace.rename("endpoint", row("market/feed"), "  ")).toBe("market/feed");
  expect(await workspace.rename("endpoint", row("market/feed"), "feed")).toBe("market/feed");
  expect(asked).toEqual([]);
});

test("a copy takes a free name", async () => {
  expect(await workspace.duplicate("endpoint", row("market/feed"))).toBe("market/feed 2");
  expect(orders()[0]?.body).toMatchObject({ to: "market/feed 2", copy: true });
});

test("a row is moved to the top and says so", async () => {
  await workspace.moveTo("endpoint", row("market/order"), "");
  expect(workspace.said).toBe("Moved order to the top.");
});

test("a later revision is read, once, and the same one is not", async () => {
  await workspace.heard(4);
  expect(asked).toEqual([]);
  await Promise.all([workspace.heard(5), workspace.heard(6)]);
  expect(asked.map(({ name }) => name)).toEqual(["workspace"]);
});

test("an environment that is gone is none", () => {
  workspace.environment = "staging";
  expect(workspace.environment).toBe("staging");
  workspace.take({ ...state, items: [] });
  expect(workspace.environment).toBe("");
});
