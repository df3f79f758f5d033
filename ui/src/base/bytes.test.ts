import { expect, test } from "vitest";

import * as bytes from "./bytes";

const SOME = Uint8Array.of(0x93, 0xa5, 0x64, 0x00, 0xff);

test("hex goes out in pairs and comes back however it was pasted", () => {
  expect(bytes.toHex(SOME)).toBe("93 a5 64 00 ff");
  for (const text of [
    "93a56400ff",
    "93 A5 64 00 FF",
    "0x93, 0xa5,0x64 0x00 0xff",
    "93:a5:64:00:ff",
  ])
    expect(bytes.fromHex(text)).toEqual(SOME);
});

test("a bad hex digit is named with its place", () => {
  expect(() => bytes.fromHex("93 g5")).toThrow(new bytes.Misspelt("“g” is not a hex digit.", 3));
  expect(() => bytes.fromHex("93 a")).toThrow("hex needs two");
});

test("base64 comes back from both alphabets and without padding", () => {
  expect(bytes.toBase64(SOME)).toBe("k6VkAP8=");
  expect(bytes.fromBase64("k6VkAP8")).toEqual(SOME);
  expect(bytes.fromBase64(" k6Vk\nAP8= ")).toEqual(SOME);
  expect(bytes.fromBase64("_-8")).toEqual(Uint8Array.of(0xff, 0xef));
});

test("base64 that lacks a character says so", () => {
  expect(() => bytes.fromBase64("k6VkA")).toThrow("One character is missing");
  expect(() => bytes.fromBase64("k6*k")).toThrow("“*”");
});

test("two texts of base64 after each other are not taken for one", () => {
  expect(() => bytes.fromBase64("QQ==\nQQ==")).toThrow(
    new bytes.Misspelt("Nothing may follow the padding.", 5),
  );
  expect(bytes.fromBase64("QQ=\n=\n")).toEqual(Uint8Array.of(0x41));
});

test("a payload larger than an argument list is spelled whole", () => {
  const large = new Uint8Array(200_000).fill(7);
  expect(bytes.fromBase64(bytes.toBase64(large))).toEqual(large);
});

test("bytes that are not UTF-8 have no text", () => {
  expect(bytes.fromUtf8(SOME)).toBeNull();
  expect(bytes.fromUtf8(bytes.toUtf8("\ufeffäöü"))).toBe("\ufeffäöü");
});

test("a dump shows pictures of ASCII alone", () => {
  expect(bytes.toAscii(Uint8Array.of(0x7b, 0x22, 0x0a, 0xe9))).toBe('{"··');
});
