// What a person pastes to connect to: an address, or a command that holds one.

export type Pasted =
  | { kind: "nothing" }
  | { kind: "curl"; text: string }
  | { kind: "url"; url: string }
  | { kind: "unknown"; reason: string };

const SCHEME = /^([a-z][a-z0-9+.-]*):(?=\/\/)/i;

/** This machine by name or number, and nothing that only begins like it. */
const LOCAL = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(?=[:/?#]|$)/i;

/** Read what was pasted. A bare host gets `wss://`, a bare host of this machine `ws://`. */
export function readPasted(raw: string): Pasted {
  const text = raw.trim();
  if (text === "") return { kind: "nothing" };
  if (/^(\$ )?(curl|wscat|websocat)(\.exe)?\s/i.test(text)) {
    return { kind: "curl", text: text.replace(/^\$ /, "") };
  }
  if (/\s/.test(text)) {
    return { kind: "unknown", reason: "An address has no spaces. A command begins with curl." };
  }
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (text.startsWith("{{")) return { kind: "url", url: text };
  if (scheme === "ws" || scheme === "wss") return { kind: "url", url: text };
  if (scheme === "http" || scheme === "https") {
    return { kind: "url", url: text.replace(/^http/i, "ws") };
  }
  if (scheme !== undefined) {
    return {
      kind: "unknown",
      reason: `${scheme}: is not a WebSocket address. One begins with ws: or wss:.`,
    };
  }
  return { kind: "url", url: `${LOCAL.test(text) ? "ws" : "wss"}://${text}` };
}

/** The part of an address that names it for people: host and path, no credentials, no query. */
export function shortName(url: string): string {
  return url
    .replace(/^[a-z]+:\/\//i, "")
    .replace(/^[^/?#]*@/, "")
    .replace(/[?#].*$/, "")
    .replace(/\/$/, "");
}
