import { expect, test } from "vitest";

import { meaningOf, sectionsOf } from "./sdp";

const OFFER = [
  "v=0",
  "o=- 4611731 2 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "a=group:BUNDLE 0 1",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 0",
  "a=mid:0",
  "a=recvonly",
  "a=rtpmap:111 opus/48000/2",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "a=mid:1",
  "a=max-message-size:262144",
  "",
].join("\r\n");

test("a description falls into the session and its media sections", () => {
  expect(sectionsOf(OFFER).map(({ name, sum }) => [name, sum])).toEqual([
    ["Session", "sections 0, 1 share one transport"],
    ["Media section 0", "audio, recvonly, opus first"],
    ["Media section 1", "data channels"],
  ]);
});

test("every line stands as it was, in its section", () => {
  const lines = sectionsOf(OFFER).flatMap((section) => section.lines.map((line) => line.text));
  expect(`${lines.join("\r\n")}\r\n`).toBe(OFFER);
});

test("a description that is none has its lines and no meaning", () => {
  expect(sectionsOf("nonsense")).toEqual([
    { name: "Session", sum: "", lines: [{ text: "nonsense", means: "" }] },
  ]);
  expect(sectionsOf("")).toEqual([]);
});

test("a line says what it means, by the codecs of its section", () => {
  const codecs = new Map([["96", "VP8"]]);
  expect(meaningOf("a=fmtp:97 apt=96", codecs)).toBe("Retransmits VP8 (RFC 4588)");
  expect(meaningOf("a=rtcp-fb:96 nack", codecs)).toBe("VP8: lost packets are asked for again");
  expect(meaningOf("a=max-message-size:262144", codecs)).toBe(
    "Messages of at most 262,144 bytes are taken",
  );
  expect(meaningOf("a=constructor:1", codecs)).toBe("");
});

test("a rejected section says so", () => {
  const [section] = sectionsOf("m=video 0 UDP/TLS/RTP/SAVPF 96\na=inactive\n");
  expect(section?.sum).toBe("video, rejected");
});
