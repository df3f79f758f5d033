// What can be done with a row of the workspace's trees. The commands act on the row that has the
// focus, so that a key, the menu of a row and the palette do the same.

import type { App } from "../store/app.svelte";
import type { Command } from "../store/commands.svelte";
import type { Choice } from "../store/question";
import { folderOf, foldersOf, join, type TreeRow } from "../store/tree";

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
      once: true,
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
      id: "tree.folder",
      name: "New folder",
      group,
      keys: ["Alt+Shift+N"],
      run: () => askNewFolder(app, selected(), focus),
    },
    {
      id: "tree.export",
      name: "Export",
      group,
      enabled: () => selected()?.kind === "endpoint",
      run: act(({ row }) => {
        app.sheet = { id: "export", about: row.path };
      }),
    },
    {
      id: "tree.delete",
      name: "Delete",
      group,
      keys: ["Delete"],
      once: true,
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

/** Ask for the name of a folder, below or beside the row that has the focus. */
function askNewFolder(
  app: App,
  selection: TreeSelection | null,
  focus: (kind: TreeKind, path: string) => void,
): void {
  const kind = selection?.kind ?? "endpoint";
  const row = selection?.row;
  const above = row === undefined ? "" : row.folder ? row.path : folderOf(row.path);
  const make = async (path: string) => {
    try {
      await app.workspace.makeFolder(kind, path);
      focus(kind, path);
    } catch (error) {
      app.fail(error);
    }
  };
  app.asking = {
    label: above === "" ? "Name of the new folder" : `Name of the new folder in ${above}`,
    choices: [],
    create: (typed) => {
      const path = join(above, typed.replace(/^\/+|\/+$/g, ""));
      return { id: "new", name: path, note: "new folder", run: () => void make(path) };
    },
  };
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
  const folders = foldersOf(app.workspace.of(kind), app.workspace.foldersOf(kind));
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
