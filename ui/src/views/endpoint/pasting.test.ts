import { expect, test } from "vitest";

import { readCookies, readHeaders, readParameters } from "./pasting";

test("headers keep their order, their case and colons in their values", () => {
  const { pairs } = readHeaders("X-b: 1\nx-A: http://h:80/\n");
  expect(pairs).toEqual([
    { name: "X-b", value: "1", enabled: true },
    { name: "x-A", value: "http://h:80/", enabled: true },
  ]);
});

test("headers that the handshake writes itself are left out and named", () => {
  const { pairs, left } = readHeaders("GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nX: 1");
  expect(pairs.map((pair) => pair.name)).toEqual(["X"]);
  expect(left).toEqual(["Host", "Upgrade"]);
});

test("options of a cURL command are read as headers", () => {
  expect(readHeaders("-H 'X-Key: a b' \\").pairs).toEqual([
    { name: "X-Key", value: "a b", enabled: true },
  ]);
});

test("pseudo-headers that a browser copies are passed over", () => {
  expect(readHeaders(":authority: h\nX: 1").pairs.map((pair) => pair.name)).toEqual(["X"]);
});

test("a query is decoded, lines are not", () => {
  expect(readParameters("?a=1%202&b").map((pair) => pair.value)).toEqual(["1 2", null]);
  expect(readParameters("a: 1%202\nb=c=d").map((pair) => pair.value)).toEqual(["1%202", "c=d"]);
});

test("a Cookie header is read as its cookies", () => {
  expect(readCookies("Cookie: a=1; b=x=y")).toEqual([
    { name: "a", value: "1", enabled: true },
    { name: "b", value: "x=y", enabled: true },
  ]);
});
