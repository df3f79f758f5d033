// Frames made by hand: names of opcodes, meanings of close codes, and what RFC 6455 says against a
// frame that a client sends.

import type { Outgoing } from "../../protocol/generated";

export const OPCODES: readonly string[] = [
  "0 continuation",
  "1 text",
  "2 binary",
  "3 reserved, data",
  "4 reserved, data",
  "5 reserved, data",
  "6 reserved, data",
  "7 reserved, data",
  "8 close",
  "9 ping",
  "10 pong",
  "11 reserved, control",
  "12 reserved, control",
  "13 reserved, control",
  "14 reserved, control",
  "15 reserved, control",
];

export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

const MOST_CONTROL = 125;

/** Codes that a client may send, and those that only stand for what was not sent. */
export const CLOSE_CODES: readonly { code: number; name: string; meaning: string }[] = [
  { code: 1000, name: "normal", meaning: "The purpose is fulfilled." },
  { code: 1001, name: "going away", meaning: "This end goes down, or the page is left." },
  { code: 1002, name: "protocol error", meaning: "The peer broke the protocol." },
  { code: 1003, name: "unsupported data", meaning: "A kind of data that this end does not take." },
  {
    code: 1007,
    name: "invalid payload",
    meaning: "A message is not what it says, as text that is not UTF-8.",
  },
  { code: 1008, name: "policy violation", meaning: "A message breaks a rule that is not said." },
  { code: 1009, name: "message too big", meaning: "A message is larger than this end takes." },
  {
    code: 1010,
    name: "extension missing",
    meaning: "The server agreed on none of the extensions that the client needs.",
  },
  {
    code: 1011,
    name: "internal error",
    meaning: "Something unexpected keeps this end from going on.",
  },
  { code: 1012, name: "service restart", meaning: "The service restarts; come again later." },
  { code: 1013, name: "try again later", meaning: "The service is overloaded." },
  { code: 1014, name: "bad gateway", meaning: "A gateway got an invalid answer." },
];

const NEVER_SENT: Readonly<Record<number, string>> = {
  1004: "Reserved; it has no meaning yet.",
  1005: "Stands for a Close frame without a code; it is never sent.",
  1006: "Stands for an end without a Close frame; it is never sent.",
  1015: "Stands for a failed TLS handshake; it is never sent.",
};

/** What a close code means, in a sentence. */
export function closeMeaning(code: number | null): string {
  if (code === null) return "No code and no reason; the peer reads 1005.";
  const known = CLOSE_CODES.find((one) => one.code === code);
  if (known) return known.meaning;
  const never = NEVER_SENT[code];
  if (never !== undefined) return never;
  if (code >= 3000 && code < 4000) return "For libraries and frameworks, registered with IANA.";
  if (code >= 4000 && code < 5000) return "For applications, as both ends have agreed.";
  if (code < 1000) return "Codes below 1000 are not used.";
  return code < 3000 ? "Reserved for the protocol itself." : "Above 4999 no code is defined.";
}

/** Whether a code may stand in a Close frame (RFC 6455 section 7.4). */
export function mayBeSent(code: number): boolean {
  return CLOSE_CODES.some((one) => one.code === code) || (code >= 3000 && code < 5000);
}

/** What RFC 6455 says against a frame; `length` is that of its payload in bytes. */
export function breaches(outgoing: Outgoing, length: number): string[] {
  const opcode = outgoing.opcode ?? null;
  if (opcode === null) return [];
  const control = opcode >= 8;
  const reserved = (opcode > 2 && opcode < 8) || opcode > 10;
  const found = [
    reserved && `Opcode ${opcode} is reserved (5.2).`,
    opcode === 0 && "A continuation has to follow a first frame without FIN (5.4).",
    outgoing.masked === false && "A client masks every frame (5.1).",
    (outgoing.rsv ?? 0) !== 0 && "RSV bits are 0 unless an extension was agreed on (5.2).",
    control && outgoing.fin === false && "Control frames are not fragmented (5.4).",
    control && length > MOST_CONTROL && "A control frame carries 125 bytes at most (5.5).",
    opcode === CLOSE &&
      outgoing.code != null &&
      !mayBeSent(outgoing.code) &&
      `Code ${outgoing.code} may not be sent (7.4).`,
  ];
  return found.filter((one) => typeof one === "string");
}
