// A browser's storage for tests.

import type { Drawer } from "../kept";

/** A drawer that holds `entries`, and takes values up to `room` characters. */
export function drawerOf(entries: Record<string, string> = {}, room = Infinity): Drawer {
  const map = new Map(Object.entries(entries));
  return {
    getItem: (name) => map.get(name) ?? null,
    setItem: (name, text) => {
      if (text.length > room) throw new DOMException("full", "QuotaExceededError");
      map.set(name, text);
    },
  };
}
