// What is kept in the browser across reloads and while the server is away: JSON under a name. A
// browser that forbids storage, or is full, costs the memory and nothing else.

import { kindOf } from "../base/records";

export type Drawer = Pick<Storage, "getItem" | "setItem">;

const PREFIX = "wirescope.";

/** A storage of the browser, which may forbid even to ask for it. */
export function drawerAt(reach: () => Drawer): Drawer {
  return {
    getItem: (name) => reach().getItem(name),
    setItem: (name, text) => reach().setItem(name, text),
  };
}

export class Kept {
  readonly #drawers: readonly Drawer[];

  /** Written to each drawer, read from the first that has the name. */
  constructor(...drawers: Drawer[]) {
    this.#drawers = drawers;
  }

  /** What was kept, or `fallback` where nothing of its kind was, or where it cannot be read. */
  read<Value>(name: string, fallback: Value): Value {
    for (const drawer of this.#drawers) {
      try {
        const text = drawer.getItem(PREFIX + name);
        const found: unknown = text === null ? undefined : JSON.parse(text);
        if (kindOf(found) === kindOf(fallback)) return found as Value;
      } catch {
        continue;
      }
    }
    return fallback;
  }

  /** Keep a value; whether every drawer took it. */
  write(name: string, value: unknown): boolean {
    let whole = true;
    for (const drawer of this.#drawers) {
      try {
        drawer.setItem(PREFIX + name, JSON.stringify(value));
      } catch {
        whole = false;
      }
    }
    return whole;
  }
}
