// The ways to spell a message, and what is wrong with what was typed, said while it is typed. The
// server says the rest: it alone knows what variables stand for.

import { fromBase64, fromHex, fromUtf8, Misspelt, toBase64, toHex, toUtf8 } from "../../base/bytes";
import { jsonProblem } from "../../base/json";
import type { Outgoing } from "../../protocol/generated";

export type Form = NonNullable<Outgoing["form"]>;

/** What is wrong, and the index of the character; -1 where it is not known. */
export interface Spelling {
  message: string;
  at: number;
}

/** What keeps a text from being what its form says; null for nothing. */
export function misspelt(form: Form, body: string): Spelling | null {
  if (form === "json") return jsonProblem(body);
  if (form !== "hex" && form !== "base64") return null;
  if (body.includes("{{")) return null; // known only once its variables are
  try {
    if (form === "hex") fromHex(body);
    else strictBase64(body);
    return null;
  } catch (error) {
    if (error instanceof Misspelt) return { message: error.message, at: error.at };
    throw error;
  }
}

/** What is sent has to be standard base64 with its padding, as the server reads it. */
function strictBase64(body: string): void {
  const other = /[-_]/.exec(body);
  if (other) {
    throw new Misspelt(`“${other[0]}” is of the URL’s base64; write + or / instead.`, other.index);
  }
  fromBase64(body);
  const digits = body.replace(/\s/g, "");
  if (digits.length % 4 !== 0) {
    throw new Misspelt("It has to be filled up with = to fours.", body.length - 1);
  }
}

/** The same bytes in another spelling; null where that is not possible. */
export function respelled(from: Form, to: Form, body: string): string | null {
  if (body.includes("{{")) return textual(from) && textual(to) ? body : null;
  try {
    const bytes = bytesOf(from, body);
    if (bytes === null) return null;
    if (to === "hex") return toHex(bytes);
    if (to === "base64") return toBase64(bytes);
    return to === "file" ? null : fromUtf8(bytes);
  } catch {
    return null;
  }
}

const textual = (form: Form) => form === "json" || form === "text";

function bytesOf(form: Form, body: string): Uint8Array | null {
  if (form === "hex") return fromHex(body);
  if (form === "base64") return fromBase64(body);
  return form === "file" ? null : toUtf8(body);
}

/** Line and column of an index, both from 1. */
export function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, Math.max(0, at)).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
