// The folder of text files: what it holds, which environment is chosen, and what changes it. Every
// change is made by the server; the page reads anew what it made of it. The last change can be
// taken back.

import { SvelteSet } from "svelte/reactivity";

import { without } from "../base/records";
import type { Item, MoveItem, SaveItem, WorkspaceState } from "../protocol/generated";
import type { Call } from "../transport/api";
import type { Preferences } from "./preferences.svelte";
import { folderOf, freePath, join, nameOf, type TreeRow } from "./tree";

export type ItemKind = Item["kind"];

/** What an environment says. */
export interface Values {
  variables: Record<string, string>;
  secrets: string[];
}

const NOTHING: WorkspaceState = {
  name: "",
  folder: "",
  revision: -1,
  items: [],
  folders: [],
  troubles: [],
  secrets: {},
  retention_days: null,
  retention_bytes: null,
  can_undo: "",
};

export class Workspace {
  readonly #call: Call;
  readonly #preferences: Preferences;
  readonly #changed: (before: WorkspaceState, after: WorkspaceState) => void;
  #state = $state.raw<WorkspaceState>(NOTHING);
  #reading = false;
  /** The latest revision that was told. */
  #heard = -1;
  /** Whether what is here is of an earlier server, whose revisions mean nothing to another. */
  #stale = false;
  #said = $state("");
  /** What an undo would take back when that was said; empty where that is another thing. */
  #undoes = $state("");
  /** Paths of folders that are folded; what is not named is unfolded. */
  readonly folded = new SvelteSet<string>();
  /** `changed` is told what the workspace was and what it is, after each reading but the first. */
  constructor(
    call: Call,
    preferences: Preferences,
    changed: (before: WorkspaceState, after: WorkspaceState) => void = () => undefined,
  ) {
    this.#call = call;
    this.#changed = changed;
    this.#preferences = preferences;
  }

  get state(): WorkspaceState {
    return this.#state;
  }

  /** What was done last, to be said beside the tree; empty for nothing. */
  get said(): string {
    return this.#said;
  }

  set said(text: string) {
    this.#said = text;
    this.#undoes = text === "" ? "" : this.#state.can_undo;
  }

  /** Whether an undo would take back what was said, and not what came before it or since. */
  get canUndoSaid(): boolean {
    return this.#undoes !== "" && this.#undoes === this.#state.can_undo;
  }

  /** The server is away: another one may come, which begins to count anew. */
  lose(): void {
    this.#stale = true;
    this.#heard = -1;
  }

  /** Take what the server says the workspace is, unless something newer is known. */
  take(state: WorkspaceState): void {
    const before = this.#state;
    if (!this.#stale && state.revision < before.revision) return;
    this.#stale = false;
    this.#state = state;
    if (before !== NOTHING) this.#changed(before, state);
  }

  /** Read anew. */
  async read(): Promise<void> {
    this.take(await this.#call("workspace"));
  }

  /** Read anew if the server has a later revision; one reading at a time, however often it is told. */
  async heard(revision: number): Promise<void> {
    this.#heard = revision;
    if (this.#reading) return;
    this.#reading = true;
    try {
      // What was told while it was read may not be in the answer.
      for (let read = -1; this.#heard > Math.max(read, this.#state.revision);) {
        read = this.#heard;
        await this.read();
      }
    } finally {
      this.#reading = false;
    }
  }

  of(kind: ItemKind): Item[] {
    return this.#state.items.filter((item) => item.kind === kind);
  }

  find(kind: ItemKind, path: string): Item | undefined {
    return this.#state.items.find((item) => item.kind === kind && item.path === path);
  }

  /** Folders of a kind that may hold nothing. */
  foldersOf(kind: ItemKind): string[] {
    const begin = `${kind}:`;
    const folders = this.#state.folders.filter((one) => one.startsWith(begin));
    return folders.map((one) => one.slice(begin.length));
  }

  /** The environment whose variables are resolved; empty for none. */
  get environment(): string {
    const chosen = this.#preferences.environment(this.#state.folder);
    return this.find("environment", chosen) ? chosen : "";
  }

  set environment(name: string) {
    this.#preferences.setEnvironment(this.#state.folder, name);
  }

  /** Write a file. Throws a `Refusal` with status 409 and the file as it is when it has changed. */
  async save(item: SaveItem): Promise<Item> {
    const saved = await this.#call("save_item", { body: item });
    await this.read();
    this.said = `Saved ${item.path}.`;
    return saved;
  }

  /**
   * Change the environment that is chosen; without one, make `local` and choose it. `change` takes
   * what it says and gives what it shall say.
   */
  async changeEnvironment(change: (before: Values) => Values): Promise<void> {
    const path = this.environment || "local";
    const item = this.find("environment", path);
    const before = { variables: {}, secrets: [], ...item?.value } as Values;
    const value = { ...change(before) };
    await this.save({ kind: "environment", path, value, digest: item?.digest ?? "" });
    this.environment = path;
  }

  /** Keep a secret on this machine, and name it in the environment that is chosen. */
  async keepSecret(name: string, value: string, where: "keyring" | ".env"): Promise<void> {
    await this.#call("save_secret", { body: { name, value, where } });
    await this.changeEnvironment(({ variables, secrets }) => ({
      variables: without(variables, name),
      secrets: secrets.includes(name) ? secrets : [...secrets, name],
    }));
    this.said = `Kept ${name} in ${where === ".env" ? ".env" : "the keyring"}.`;
  }

  /** Make a folder; what is above it is made as well. */
  async makeFolder(kind: ItemKind, path: string): Promise<void> {
    await this.#call("make_folder", { body: { kind, path } });
    await this.read();
    this.#sayOnly(`Made the folder ${path}.`);
  }

  /** Give a row another name; a `/` in it leads into a folder. Gives the new path. */
  async rename(kind: ItemKind, row: TreeRow, name: string): Promise<string> {
    const wanted = join(folderOf(row.path), name.trim().replace(/^\/+|\/+$/g, ""));
    if (name.trim() === "" || wanted === row.path) return row.path;
    await this.#move({ kind, path: row.path, to: wanted });
    this.said = `Renamed ${row.name} to ${wanted}.`;
    return wanted;
  }

  /** Put a row into a folder; empty is the top. Gives the new path. */
  async moveTo(kind: ItemKind, row: TreeRow, folder: string): Promise<string> {
    const wanted = join(folder, row.name);
    if (wanted === row.path) return row.path;
    await this.#move({ kind, path: row.path, to: wanted });
    this.said = `Moved ${row.name} to ${folder === "" ? "the top" : folder}.`;
    return wanted;
  }

  /** Make a copy beside a row; the server names it. Gives its path. */
  async duplicate(kind: ItemKind, row: TreeRow): Promise<string> {
    const taken = new Set(this.of(kind).map((item) => item.path));
    const wanted = freePath(row.path, taken.add(row.path));
    const made = await this.#move({ kind, path: row.path, to: wanted, copy: true });
    this.said = `Copied ${row.name} to ${nameOf(made)}.`;
    return made;
  }

  async remove(kind: ItemKind, path: string): Promise<void> {
    await this.#call("delete_item", { body: { kind, path } });
    await this.read();
    this.said = `Deleted ${path}.`;
  }

  /** Take the last change back. */
  async undo(): Promise<void> {
    const done = await this.#call("undo");
    await this.read();
    this.#sayOnly(done.said ? `Taken back: ${done.said}.` : "The last change is taken back.");
  }

  /** Say what was done and is no change that an undo would take back. */
  #sayOnly(text: string): void {
    this.said = text;
    this.#undoes = "";
  }

  /** Gives where it is now. */
  async #move(body: MoveItem): Promise<string> {
    const done = await this.#call("move_item", { body });
    await this.read();
    return done.said || body.to;
  }
}
