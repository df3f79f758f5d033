// The query of an address: what it says itself, and what the table puts behind it. Both are sent,
// the address's own first, so the table says so and can take them over.

import type { Pair } from "./model";

/** An address in three parts; `query` is null where there is no question mark. */
export interface Address {
  base: string;
  query: string | null;
  fragment: string;
}

/** Take an address apart; `{{variables}}` may hold anything, so they are left whole. */
export function apart(url: string): Address {
  const hash = outside(url, "#");
  const before = hash < 0 ? url : url.slice(0, hash);
  const fragment = hash < 0 ? "" : url.slice(hash);
  const mark = outside(before, "?");
  if (mark < 0) return { base: before, query: null, fragment };
  return { base: before.slice(0, mark), query: before.slice(mark + 1), fragment };
}

/** Where a character stands outside of `{{variables}}`; -1 for nowhere. */
function outside(text: string, character: string): number {
  const masked = text.replace(/\{\{[^{}]*\}\}/g, (variable) => "_".repeat(variable.length));
  return masked.indexOf(character);
}

/** The parameters that the address says itself, decoded as a person reads them. */
export function ownQuery(url: string): Pair[] {
  const { query } = apart(url);
  if (query === null || query === "") return [];
  return query
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const at = outside(part, "=");
      const [name, value] = at < 0 ? [part, null] : [part.slice(0, at), part.slice(at + 1)];
      return { name: decoded(name), value: value === null ? null : decoded(value), enabled: true };
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address without a query of its own. */
export function withoutQuery(url: string): string {
  const { base, fragment } = apart(url);
  return base + fragment;
}

/** The address with the parameters in it that are sent, percent-encoded but for variables. */
export function withQuery(url: string, pairs: readonly Pair[]): string {
  const sent = pairs.filter((pair) => pair.enabled).map(spelled);
  if (sent.length === 0) return url;
  const { base, query, fragment } = apart(url);
  const joint = query === null ? "?" : query === "" || query.endsWith("&") ? "" : "&";
  return `${base}${query === null ? "" : `?${query}`}${joint}${sent.join("&")}${fragment}`;
}

function spelled(pair: Pair): string {
  return pair.value === null ? encoded(pair.name) : `${encoded(pair.name)}=${encoded(pair.value)}`;
}

/** What would end a value or the query is encoded (RFC 3986 section 3.4). */
function encoded(text: string): string {
  return text
    .split(/(\{\{[^{}]*\}\})/)
    .map((part, at) =>
      at % 2 === 1
        ? part
        : encodeURIComponent(part).replace(/%(2F|3F|3A|40|24|2C|3B)/g, decodeURIComponent),
    )
    .join("");
}

/** How the address's own query and the table go together, in a sentence. */
export function queryInWords(url: string, pairs: readonly Pair[]): string {
  const own = ownQuery(url).length;
  const sent = pairs.filter((pair) => pair.enabled).length;
  const some = (count: number) => (count === 1 ? "1 parameter" : `${count} parameters`);
  if (own > 0 && sent > 0) {
    return `The address has ${some(own)} of its own, then ${sent === 1 ? "this one follows" : `these ${sent} follow`}.`;
  }
  if (own > 0) return `The address has ${some(own)} of its own.`;
  if (sent > 0) return `${sent === 1 ? "It is" : "They are"} put behind the address.`;
  return "No query is sent.";
}
