import { expect, test } from "vitest";

import { readPasted, shortName } from "./address";

test("an address stays as it is, surroundings cut off", () => {
  expect(readPasted("  wss://example.net/socket\n")).toEqual({
    kind: "url",
    url: "wss://example.net/socket",
  });
});

test("an address of a page becomes one of its socket", () => {
  expect(readPasted("https://example.net/chat")).toEqual({
    kind: "url",
    url: "wss://example.net/chat",
  });
});

test("a bare host is secure unless it is this machine", () => {
  expect(readPasted("example.net/x")).toEqual({ kind: "url", url: "wss://example.net/x" });
  expect(readPasted("localhost:8080/x")).toEqual({ kind: "url", url: "ws://localhost:8080/x" });
});

test("a host that only begins like this machine is secure", () => {
  for (const host of ["localhost.example.net", "127.example.net/x", "127.0.0.1.example.net"]) {
    expect(readPasted(host)).toEqual({ kind: "url", url: `wss://${host}` });
  }
});

test("a host with a port may have an address in its query", () => {
  const text = "example.net:8443/x?next=https://example.org";
  expect(readPasted(text)).toEqual({ kind: "url", url: `wss://${text}` });
});

test("a template may begin with a variable", () => {
  expect(readPasted("{{base}}/v2")).toEqual({ kind: "url", url: "{{base}}/v2" });
});

test("a command is told by its first word", () => {
  expect(readPasted("$ curl 'https://example.net'").kind).toBe("curl");
  expect(readPasted("curling.example").kind).toBe("url");
});

test("another scheme is refused by name", () => {
  expect(readPasted("ftp://example.net")).toMatchObject({ kind: "unknown" });
});

test("a short name shows no credentials and no query", () => {
  expect(shortName("wss://u:p@example.net/v2/?token=x")).toBe("example.net/v2");
  expect(shortName("wss://u:p@ss@example.net/v2")).toBe("example.net/v2");
  expect(shortName("wss://example.net?mail=a@b")).toBe("example.net");
});
