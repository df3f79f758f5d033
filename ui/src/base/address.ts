// What a person pastes to connect to: an address, a code, or a command that holds one.

export type Pasted =
  | { kind: "nothing" }
  | { kind: "curl"; text: string }
  | { kind: "url"; url: string }
  | { kind: "either"; url: string; signaling: Signaling; instead: string }
  | { kind: "answer"; code: string }
  | { kind: "unknown"; reason: string };

/** What is spoken with an address: a WebSocket, or one of the ways to a WebRTC connection. */
export type Spoken = "websocket" | Signaling | "messages" | "code";

/** Signaling over HTTP: WHEP (draft-ietf-wish-whep) is watched, WHIP (RFC 9725) is published to. */
export type Signaling = "whep" | "whip";

const SCHEME = /^([a-z][a-z0-9+.-]*):(?=\/\/)/i;

/** This machine by name or number, and nothing that only begins like it. */
const LOCAL = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(?=[:/?#]|$)/i;

/** A code of a session description: version, dot, URL-safe base64. */
const CODE = /^webrtc:\s*\d/i;

const WEBRTC = /^(whep\+https?|whip\+https?|webrtc\+wss?)$/;

/** The byte after the version says what the description is for: 0 an offer, 1 an answer. */
const ANSWER = /^webrtc:\d+\.AQ/;

/** What is spoken with an address. */
export function spokenWith(url: string): Spoken {
  const text = url.trim();
  if (/^whep\+/i.test(text)) return "whep";
  if (/^whip\+/i.test(text)) return "whip";
  if (/^webrtc\+/i.test(text)) return "messages";
  return /^webrtc:/i.test(text) ? "code" : "websocket";
}

/** What an address is, in the few letters that stand before it in a list. */
export function markOf(url: string): "WS" | "RTC" {
  return spokenWith(url) === "websocket" ? "WS" : "RTC";
}

/** A code without the blanks and line ends that a chat has put into it. */
export function codeIn(text: string): string {
  return text.replace(/\s+/g, "").replace(/^webrtc:/i, "webrtc:");
}

/** Whether a code is an answer, which belongs to the offer that it answers. */
export function isAnswer(code: string): boolean {
  return ANSWER.test(codeIn(code));
}

/** Read what was pasted. A bare host gets `wss://`, a bare host of this machine `ws://`. */
export function readPasted(raw: string): Pasted {
  const text = raw.trim();
  if (text === "") return { kind: "nothing" };
  if (/^(\$ )?(curl|wscat|websocat)(\.exe)?\s/i.test(text)) {
    return { kind: "curl", text: text.replace(/^\$ /, "") };
  }
  if (/^webrtc:$/i.test(text)) return { kind: "url", url: "webrtc:" };
  if (CODE.test(text)) {
    const code = codeIn(text);
    return isAnswer(code) ? { kind: "answer", code } : { kind: "url", url: code };
  }
  if (/\s/.test(text)) {
    return { kind: "unknown", reason: "An address has no spaces. A command begins with curl." };
  }
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (text.startsWith("{{")) return { kind: "url", url: text };
  if (scheme === "ws" || scheme === "wss") return { kind: "url", url: text };
  if (scheme !== undefined && WEBRTC.test(scheme)) return { kind: "url", url: text };
  if (scheme === "http" || scheme === "https") return ofPage(text);
  if (scheme !== undefined) {
    return {
      kind: "unknown",
      reason: `${scheme}: is no address to connect to. One begins with ws:, wss:, whep+https:, whip+https: or webrtc:.`,
    };
  }
  return { kind: "url", url: `${LOCAL.test(text) ? "ws" : "wss"}://${text}` };
}

/** An address of HTTP: of a WebSocket, unless its path names what else it may be. */
function ofPage(text: string): Pasted {
  const url = text.replace(/^http/i, "ws");
  const signaling = signalingIn(text);
  if (signaling === null) return { kind: "url", url };
  return { kind: "either", url, signaling, instead: withSignaling(text, signaling) };
}

/** What the path of an address of HTTP names, as `https://example.net/live/whep`; null for neither. */
export function signalingIn(url: string): Signaling | null {
  const path = /^https?:\/\/[^/?#]+([^?#]*)/i.exec(url.trim())?.[1] ?? "";
  const named = /\b(whep|whip)\b/i.exec(path.replaceAll("_", "-"))?.[1]?.toLowerCase();
  return named === "whep" || named === "whip" ? named : null;
}

/** An address of HTTP as one of WHEP or WHIP. */
export function withSignaling(url: string, signaling: Signaling): string {
  return `${signaling}+${url.trim()}`;
}

/** The part of an address that names it for people: host and path, no credentials, no query. */
export function shortName(url: string): string {
  if (spokenWith(url) === "code") return "By code";
  return url
    .replace(/^[a-z+]+:\/\//i, "")
    .replace(/^[^/?#]*@/, "")
    .replace(/[?#].*$/, "")
    .replace(/\/$/, "");
}
