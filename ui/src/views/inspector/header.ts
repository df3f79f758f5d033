// The bits of a frame's header (RFC 6455 section 5.2), what each means, and which of them break the
// protocol.

import { count } from "../../base/format";

export type FieldId = "fin" | "rsv" | "opcode" | "mask" | "length" | "extended" | "key";

/** A field of the header. */
export interface HeaderField {
  id: FieldId;
  name: string;
  /** Its bits or bytes as they are. */
  shown: string;
  /** Its value in words. */
  says: string;
  /** Columns of 16 bits that it takes; 16 has a line of its own. */
  columns: number;
  /** Bytes of the header that it is in: first and last. */
  bytes: readonly [number, number];
  /** What is wrong with it: clause and sentence. */
  wrong: readonly (readonly [string, string])[];
}

const OPCODES: Readonly<Record<number, string>> = {
  0: "continuation",
  1: "text",
  2: "binary",
  8: "close",
  9: "ping",
  10: "pong",
};

/** Which field a breach is about, by the words that it is told with. */
const ABOUT: readonly (readonly [FieldId, RegExp])[] = [
  ["rsv", /\brsv|reserved bit/i],
  ["mask", /\bmask/i],
  ["fin", /\bfin\b|fragment|interleav|unfinished|in the middle/i],
  ["opcode", /opcode|continu/i],
  ["length", /length|125|too long|minimal|bytes/i],
];

function aboutOf(sentence: string): FieldId {
  return ABOUT.find(([, words]) => words.test(sentence))?.[0] ?? "opcode";
}

const bits = (value: number, digits: number) => value.toString(2).padStart(digits, "0");

/** Groups of four bits: "0000 1000". */
function grouped(value: bigint, digits: number): string {
  return value
    .toString(2)
    .padStart(digits, "0")
    .replace(/(.{4})(?=.)/g, "$1 ");
}

/** The fields of a header; those that were cut off are left out. */
export function headerFields(
  header: Uint8Array,
  sent: boolean,
  violations: readonly (readonly [string, string])[],
): HeaderField[] {
  const [first = 0, second = 0] = header;
  const short = second & 0x7f;
  const masked = second >> 7 === 1;
  const opcode = first & 0x0f;
  const rsv = (first >> 4) & 7;
  const wrong = (id: FieldId) => violations.filter(([, sentence]) => aboutOf(sentence) === id);
  const field = (
    id: FieldId,
    name: string,
    shown: string,
    says: string,
    columns: number,
    bytes: readonly [number, number],
  ): HeaderField => ({ id, name, shown, says, columns, bytes, wrong: wrong(id) });
  const found = [
    field("fin", "FIN", bits(first >> 7, 1), finSays(first >> 7 === 1, opcode), 1, [0, 0]),
    field("rsv", "RSV 1–3", bits(rsv, 3).split("").join(" "), rsvSays(rsv), 3, [0, 0]),
    field("opcode", OPCODES[opcode] ?? "reserved", bits(opcode, 4), opcodeSays(opcode), 4, [0, 0]),
    field("mask", "MASK", bits(second >> 7, 1), maskSays(masked, sent), 2, [1, 1]),
    field("length", lengthName(short), String(short), lengthSays(short), 6, [1, 1]),
  ];
  const size = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (size > 0 && header.length >= 2 + size)
    found.push(extended(header.subarray(2, 2 + size), field));
  if (masked && header.length >= 6 + size) {
    const key = header.subarray(2 + size, 6 + size);
    const shown = Array.from(key, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const says = "Each byte of the payload is combined with these four in turn.";
    found.push(field("key", "masking key", shown, says, 16, [2 + size, 5 + size]));
  }
  return found;
}

function extended(
  bytes: Uint8Array,
  field: (
    id: FieldId,
    name: string,
    shown: string,
    says: string,
    columns: number,
    bytes: readonly [number, number],
  ) => HeaderField,
): HeaderField {
  const value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const spelled = bytes.length === 2 ? `${grouped(value, 16)} = ` : "= ";
  const name = `extended payload length, bytes 2–${bytes.length + 1}`;
  const says = `The payload has ${value.toLocaleString("en-US")} bytes.`;
  return field("extended", name, `${spelled}${value.toLocaleString("en-US")}`, says, 16, [
    2,
    bytes.length + 1,
  ]);
}

function finSays(last: boolean, opcode: number): string {
  if (!last) return "More frames of this message follow.";
  return opcode >= 8 ? "Control frames are never cut." : "The message ends with this frame.";
}

function rsvSays(rsv: number): string {
  if (rsv === 0) return "No extension uses this frame.";
  if (rsv === 4) return "RSV1: the message is compressed, if permessage-deflate was agreed on.";
  return "Bits without a meaning that was agreed on.";
}

function opcodeSays(opcode: number): string {
  const name = OPCODES[opcode];
  if (name === undefined) return `Opcode ${opcode} is reserved.`;
  return opcode >= 8 ? `A control frame: ${name}.` : `Opcode ${opcode}: ${name}.`;
}

function maskSays(masked: boolean, sent: boolean): string {
  if (sent) return masked ? "Frames from a client are masked." : "A client has to mask its frames.";
  return masked ? "A server must not mask its frames." : "Frames from a server are not masked.";
}

function lengthName(short: number): string {
  if (short === 126) return "length in the next 2 B";
  return short === 127 ? "length in the next 8 B" : "length";
}

function lengthSays(short: number): string {
  if (short >= 126) return `${short} says that the length is in the next bytes.`;
  return `The payload has ${count(short)} bytes.`;
}
