// Bytes and the ways to spell them: hex, base64, UTF-8. What cannot be read is a `Misspelt` with the
// place, since the composer shows it under the very character.

/** A spelling of bytes that cannot be read; `at` is the index of the first bad character. */
export class Misspelt extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = "Misspelt";
    this.at = at;
  }
}

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));

/** "93 a5 64": lower case, `between` two bytes. */
export function toHex(bytes: Uint8Array, between = " "): string {
  return Array.from(bytes, (value) => HEX[value]).join(between);
}

/** Read hex; white space, commas, colons and `0x` between bytes are let through. */
export function fromHex(text: string): Uint8Array {
  const found: number[] = [];
  let high = -1;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (/[\s,:]/.test(character)) continue;
    if (high < 0 && character === "0" && /[xX]/.test(text.charAt(at + 1))) {
      at += 1;
      continue;
    }
    const digit = Number.parseInt(character, 16);
    if (Number.isNaN(digit)) throw new Misspelt(`“${character}” is not a hex digit.`, at);
    if (high < 0) high = digit;
    else {
      found.push(high * 16 + digit);
      high = -1;
    }
  }
  if (high >= 0) throw new Misspelt("The last byte has one digit; hex needs two.", text.length - 1);
  return Uint8Array.from(found);
}

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}

/** Read base64 of either alphabet, with or without padding; white space is let through. */
export function fromBase64(text: string): Uint8Array {
  const bad = /[^A-Za-z0-9+/\-_=\s]/.exec(text);
  if (bad) throw new Misspelt(`“${bad[0]}” is not a base64 character.`, bad.index);
  const more = /=\s*[^=\s]/.exec(text);
  if (more) {
    const at = more.index + more[0].length - 1;
    throw new Misspelt("Nothing may follow the padding.", at);
  }
  const digits = text.replace(/[\s=]/g, "").replaceAll("-", "+").replaceAll("_", "/");
  if (digits.length % 4 === 1) {
    throw new Misspelt("One character is missing at the end.", text.length - 1);
  }
  return Uint8Array.from(atob(digits), (character) => character.charCodeAt(0));
}

/** UTF-8 of a text. */
export function toUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text that UTF-8 spells, or null where the bytes are none. */
export function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** A line of a dump: a byte as itself where ASCII has a picture for it, otherwise a dot. */
export function toAscii(bytes: Uint8Array): string {
  return Array.from(bytes, (value) =>
    value >= 0x20 && value < 0x7f ? String.fromCharCode(value) : "·",
  ).join("");
}

/** The bytes of a text of which each character is one byte, as heads of HTTP are handed over. */
export function fromLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}
