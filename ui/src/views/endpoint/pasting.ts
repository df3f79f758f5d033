// Lines that are pasted into a table of headers, parameters or cookies: `Name: value`,
// `name=value`, or what a browser's developer tools copy.

import type { Pair } from "./model";

/** Headers that the handshake writes itself; pasted ones would stand there twice. */
const OWN = new Set([
  "connection",
  "upgrade",
  "host",
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-extensions",
  "sec-websocket-protocol",
]);

/** What was pasted, and names of headers that were left out, since the handshake writes them. */
export interface PastedHeaders {
  pairs: Pair[];
  left: string[];
}

/** Read lines of headers; order and case are kept. A request line and blank lines are passed over. */
export function readHeaders(text: string): PastedHeaders {
  const pairs: Pair[] = [];
  const left: string[] = [];
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim().replace(/^(-H|--header)\s+/, "");
    const bare = line.replace(/^(['"])(.*)\1\s*\\?$/, "$2");
    if (bare === "" || /^[A-Z]+ \S+ HTTP\/\d/.test(bare) || /^HTTP\/\d/.test(bare)) continue;
    if (bare.startsWith(":")) continue; // of HTTP/2, as browsers copy them
    const colon = bare.indexOf(":");
    const name = (colon < 0 ? bare : bare.slice(0, colon)).trim();
    if (name === "") continue;
    if (OWN.has(name.toLowerCase())) {
      left.push(name);
      continue;
    }
    pairs.push({ name, value: colon < 0 ? "" : bare.slice(colon + 1).trim(), enabled: true });
  }
  return { pairs, left };
}

/** Read parameters: a query, or lines of `name=value` or `name: value`. */
export function readParameters(text: string): Pair[] {
  const query = text.trim().replace(/^[^?\s]*\?/, "");
  const isQuery = !query.includes("\n") && query.includes("&");
  const parts = isQuery ? query.split("&") : query.split(/\r?\n/);
  return parts.flatMap((raw) => {
    const part = raw.trim();
    if (part === "") return [];
    const found = /^([^=:]*)\s*[=:]\s*(.*)$/.exec(part);
    const name = found?.[1]?.trim() ?? part;
    const value = found?.[2] ?? null;
    const read = (one: string) => (isQuery ? decoded(one) : one);
    return [{ name: read(name), value: value === null ? null : read(value), enabled: true }];
  });
}

/** Read cookies: a `Cookie` header, or lines of `name=value`. */
export function readCookies(text: string): Pair[] {
  return text
    .replace(/^\s*cookie:/i, "")
    .split(/[;\n]/)
    .flatMap((raw) => {
      const part = raw.trim();
      if (part === "") return [];
      const at = part.indexOf("=");
      const name = at < 0 ? part : part.slice(0, at).trim();
      return [{ name, value: at < 0 ? "" : part.slice(at + 1).trim(), enabled: true }];
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
