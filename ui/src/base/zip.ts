// A zip file of a few small texts, stored as they are (APPNOTE 6.3, method 0): a folder in one
// download.

import { toUtf8 } from "./bytes";

const TABLE = Uint32Array.from({ length: 256 }, (_, value) => {
  let rest = value;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

/** CRC-32 as zip has it. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const UTF8_NAMES = 0x0800;
const NO_DATE = 0x21; // the first day that the format knows

/** A zip of files by path. */
export function zipOf(files: readonly { name: string; text: string }[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const file of files) {
    const name = toUtf8(file.name);
    const data = toUtf8(file.text);
    const common = [
      ...short(20),
      ...short(UTF8_NAMES),
      ...short(0),
      ...short(0),
      ...short(NO_DATE),
      ...long(crc32(data)),
      ...long(data.length),
      ...long(data.length),
      ...short(name.length),
      ...short(0),
    ];
    const header = Uint8Array.from([...long(0x04034b50), ...common]);
    const entry = [...long(0x02014b50), ...short(20), ...common, ...short(0), ...short(0)];
    directory.push(Uint8Array.from([...entry, ...short(0), ...long(0), ...long(offset)]), name);
    parts.push(header, name, data);
    offset += header.length + name.length + data.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const count = short(files.length);
  const end = [...long(0x06054b50), ...short(0), ...short(0), ...count, ...count];
  const last = Uint8Array.from([...end, ...long(size), ...long(offset), ...short(0)]);
  return joined([...parts, ...directory, last]);
}

function short(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff];
}

function long(value: number): number[] {
  return [...short(value & 0xffff), ...short(value >>> 16)];
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
