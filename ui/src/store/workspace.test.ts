import { beforeEach, expect, test, vi } from "vitest";

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
let answer: (name: string) => unknown;

const item = (kind: Item["kind"], path: string): Item => ({ kind, path, value: {}, digest: "1" });
const row = (path: string) => ({ path, name: path.split("/").at(-1) }) as TreeRow;

const call = (async (name: string, rest?: { body: unknown }) => {
  asked.push({ name, body: rest?.body });
  return await answer(name);
}) as unknown as Call;

beforeEach(() => {
  asked = [];
  answer = (name) => (name === "workspace" ? state : {});
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

test("the server names a copy", async () => {
  answer = (name) => (name === "workspace" ? state : { said: "market/feed copy" });
  expect(await workspace.duplicate("endpoint", row("market/feed"))).toBe("market/feed copy");
  expect(workspace.said).toBe("Copied feed to feed copy.");
});

test("a later revision is read, and the same one is not", async () => {
  await workspace.heard(4);
  expect(asked).toEqual([]);
  state = { ...state, revision: 5 };
  await workspace.heard(5);
  await workspace.heard(5);
  expect(asked.map(({ name }) => name)).toEqual(["workspace"]);
});

test("a revision that is told while an earlier one is read is not missed", async () => {
  const answers: ((state: WorkspaceState) => void)[] = [];
  answer = () => new Promise((give) => answers.push(give));
  const first = workspace.heard(5);
  const second = workspace.heard(6);
  await second;
  expect(answers).toHaveLength(1);
  answers[0]?.({ ...state, revision: 5 });
  await vi.waitUntil(() => answers.length === 2);
  answers[1]?.({ ...state, revision: 6, name: "newest" });
  await first;
  expect([workspace.state.name, answers.length]).toEqual(["newest", 2]);
});

test("an answer that comes late does not undo a newer one, except of another server", () => {
  workspace.take({ ...state, revision: 6, name: "newer" });
  workspace.take({ ...state, revision: 5, name: "older" });
  expect(workspace.state.name).toBe("newer");
  workspace.lose();
  workspace.take({ ...state, revision: 1, name: "another" });
  expect(workspace.state.name).toBe("another");
});

test("an undo is offered beside what was said only while it would take back just that", async () => {
  state = { ...state, revision: 5, can_undo: "Delete feed" };
  await workspace.remove("endpoint", "feed");
  expect(workspace.canUndoSaid).toBe(true);
  workspace.take({ ...state, revision: 6, can_undo: "Move echo" });
  expect(workspace.canUndoSaid).toBe(false);
  state = { ...state, revision: 7, can_undo: "Move echo" };
  await workspace.makeFolder("endpoint", "calls");
  expect([workspace.said, workspace.canUndoSaid]).toEqual(["Made the folder calls.", false]);
});

test("an environment that is gone is none", () => {
  workspace.environment = "staging";
  expect(workspace.environment).toBe("staging");
  workspace.take({ ...state, items: [] });
  expect(workspace.environment).toBe("");
});
