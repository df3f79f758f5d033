// What can be done with a row of the workspace's trees. The commands act on the row that has the
// focus, so that a key, the menu of a row and the palette do the same.

import type { App } from "../store/app.svelte";
import type { Command } from "../store/commands.svelte";
import type { Choice } from "../store/question";
import { folderOf, foldersOf, type TreeRow } from "../store/tree";

export type TreeKind = "endpoint" | "message";

export interface TreeSelection {
  kind: TreeKind;
  row: TreeRow;
  /** All rows of the tree. */
  rows: readonly TreeRow[];
}

/**
 * Commands for the row that `selected` gives, null while none has the focus; `rename` lets a name be
 * typed, `focus` gives a row the focus.
 */
export function treeCommands(
  app: App,
  selected: () => TreeSelection | null,
  rename: (kind: TreeKind, path: string) => void,
  focus: (kind: TreeKind, path: string) => void,
): Command[] {
  const group = "Workspace";
  const enabled = () => selected() !== null;
  const act = (what: (selection: TreeSelection) => void | Promise<void>) => () => {
    const selection = selected();
    return selection === null ? undefined : what(selection);
  };
  return [
    {
      id: "tree.rename",
      name: "Rename",
      group,
      keys: ["F2"],
      enabled,
      run: act(({ kind, row }) => rename(kind, row.path)),
    },
    {
      id: "tree.duplicate",
      name: "Duplicate",
      group,
      keys: ["Ctrl+D"],
      enabled,
      run: act(async ({ kind, row }) => {
        focus(kind, await app.workspace.duplicate(kind, row));
      }),
    },
    {
      id: "tree.move",
      name: "Move to a folder",
      group,
      keys: ["Ctrl+X"],
      enabled,
      run: act((selection) => askFolder(app, selection, focus)),
    },
    {
      id: "tree.delete",
      name: "Delete",
      group,
      keys: ["Delete"],
      enabled,
      run: act(async ({ kind, row, rows }) => {
        const inside = (one: TreeRow) => one === row || one.path.startsWith(`${row.path}/`);
        const after = rows.slice(rows.indexOf(row)).find((one) => !inside(one));
        await app.workspace.remove(kind, row.path);
        focus(kind, (after ?? rows.slice(0, rows.indexOf(row)).at(-1))?.path ?? "");
      }),
    },
  ];
}

function askFolder(
  app: App,
  { kind, row }: TreeSelection,
  focus: (kind: TreeKind, path: string) => void,
): void {
  const move = async (folder: string) => {
    try {
      focus(kind, await app.workspace.moveTo(kind, row, folder));
    } catch (error) {
      app.fail(error);
    }
  };
  const empty = kind === "endpoint" ? app.workspace.state.folders : [];
  const folders = foldersOf(app.workspace.of(kind), empty);
  const choice = (folder: string): Choice => ({
    id: `to-${folder}`,
    name: folder === "" ? "The top" : folder,
    run: () => void move(folder),
  });
  const possible = ["", ...folders].filter(
    (folder) =>
      folder !== folderOf(row.path) && folder !== row.path && !folder.startsWith(`${row.path}/`),
  );
  app.asking = {
    label: `Move ${row.name} to`,
    choices: possible.map(choice),
    create: (typed) => {
      const folder = typed.replace(/^\/+|\/+$/g, "");
      if (folder === "" || folders.includes(folder)) return null;
      return { id: "new", name: folder, note: "new folder", run: () => void move(folder) };
    },
  };
}
