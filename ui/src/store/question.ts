// What the palette asks: choose one of these by typing.

import { fileName, foldersOf, freePath, join } from "./tree";
import type { Workspace } from "./workspace.svelte";

export interface Choice {
  id: string;
  name: string;
  /** Beside the name, fainter: where it belongs. */
  note?: string;
  keys?: string;
  run: () => void;
}

export interface Question {
  /** What is asked, read out and shown as the placeholder. */
  label: string;
  choices: readonly Choice[];
  /** What to offer for a text that no choice has, such as a new folder. */
  create?: (typed: string) => Choice | null;
  /** The text to begin with. */
  typed?: string;
}

/** Where an endpoint of this name should be written: into a folder, or under any path typed. */
export function questionOfPath(
  name: string,
  workspace: Workspace,
  save: (path: string) => void,
): Question {
  const endpoints = workspace.of("endpoint");
  const taken = new Set(endpoints.map((item) => item.path));
  const plain = fileName(name) || "endpoint";
  const folders = ["", ...foldersOf(endpoints, workspace.foldersOf("endpoint"))];
  const choices = folders.map((folder) => {
    const path = freePath(join(folder, plain), taken);
    return { id: `in-${folder}`, name: path, run: () => save(path) };
  });
  return {
    label: "Save as folder/name",
    typed: plain,
    choices,
    create: (typed) => {
      const path = typed.replace(/^\/+|\/+$/g, "");
      if (path === "" || taken.has(path) || choices.some((one) => one.name === path)) return null;
      return { id: "typed", name: path, note: "new", run: () => save(path) };
    },
  };
}
