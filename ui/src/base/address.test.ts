import { expect, test } from "vitest";

import {
  codeIn,
  isAnswer,
  markOf,
  readPasted,
  shortName,
  signalingIn,
  spokenWith,
} from "./address";

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

test("an address of WebRTC stays as it is", () => {
  for (const url of ["whep+https://example.net/live", "webrtc+ws://127.0.0.1:1/room", "webrtc:"]) {
    expect(readPasted(url)).toEqual({ kind: "url", url });
  }
});

test("what is spoken is told by the scheme", () => {
  expect(spokenWith("wss://example.net")).toBe("websocket");
  expect(spokenWith("whep+http://127.0.0.1:1/whep")).toBe("whep");
  expect(spokenWith("WHIP+https://example.net/whip")).toBe("whip");
  expect(spokenWith("webrtc+wss://example.net/room")).toBe("messages");
  expect(spokenWith("webrtc:1.AAAA")).toBe("code");
});

test("an address of HTTP that names WHEP may be watched or connected to", () => {
  expect(readPasted("https://example.net/live/whep?room=1")).toEqual({
    kind: "either",
    url: "wss://example.net/live/whep?room=1",
    signaling: "whep",
    instead: "whep+https://example.net/live/whep?room=1",
  });
});

test("only the path of an address names what it is", () => {
  expect(signalingIn("https://whep.example.net/socket")).toBeNull();
  expect(signalingIn("https://example.net/whip/room")).toBe("whip");
  expect(signalingIn("https://example.net/my_whep_room")).toBe("whep");
  expect(signalingIn("https://example.net/whepping")).toBeNull();
});

test("a code loses the blanks that a chat has put into it", () => {
  expect(readPasted(" webrtc:1.AAAA\n  BBBB ")).toEqual({ kind: "url", url: "webrtc:1.AAAABBBB" });
  expect(codeIn("WebRTC:1.AA BB")).toBe("webrtc:1.AABB");
});

test("an answer is no address but belongs to the offer that it answers", () => {
  expect(isAnswer("webrtc:1.AQAAAAcg")).toBe(true);
  expect(isAnswer("webrtc:1.AAAAAAcg")).toBe(false);
  expect(readPasted("webrtc:1.AQAA AAcg")).toEqual({ kind: "answer", code: "webrtc:1.AQAAAAcg" });
});

test("a connection by code has no address to be named after", () => {
  expect(shortName("webrtc:1.AAAAAA")).toBe("By code");
  expect(shortName("whep+https://example.net/live/whep")).toBe("example.net/live/whep");
});

test("an address in a list is marked by what it is", () => {
  expect(markOf("wss://example.net")).toBe("WS");
  expect(markOf("{{url}}/socket")).toBe("WS");
  for (const url of [
    "whep+https://a.test",
    "whip+https://a.test",
    "webrtc+ws://a.test",
    "webrtc:",
  ]) {
    expect(markOf(url)).toBe("RTC");
  }
});
