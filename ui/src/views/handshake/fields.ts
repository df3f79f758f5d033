// What the fields of an opening handshake say, side by side, and whether the answer fits the
// request (RFC 6455, section 4).

import { isRedacted, membersOf, readHead, tokensOf, valueOf } from "./head";

/** A field of the handshake. */
export interface FieldRow {
  name: string;
  /** As it was sent; undefined where it was not. */
  sent: string | undefined;
  answered: string | undefined;
  means: string;
  /** Whether it is as it has to be; `none` where nothing has to be. */
  state: "pass" | "error" | "warning" | "none";
}

interface Heads {
  sent: (name: string) => string | undefined;
  answered: (name: string) => string | undefined;
  accepted: boolean;
  expected: string;
  status: number;
}

type Say = (heads: Heads) => { means: string; state: FieldRow["state"] };

const SECRET = "Kept out of the record; the server got the value.";

const FIELDS: readonly [name: string, say: Say][] = [
  [
    "Host",
    () => ({
      means: "The name that was asked for, so that one address can serve many.",
      state: "none",
    }),
  ],
  [
    "Upgrade",
    ({ sent, answered, accepted }) => {
      if (!accepted) {
        const asked = sent("Upgrade") !== undefined;
        return {
          means: asked
            ? "Asked to go on in WebSocket; the server went on in HTTP."
            : "Not asked for.",
          state: "none",
        };
      }
      const good = answered("Upgrade")?.toLowerCase() === "websocket";
      return good
        ? { means: "Both go on in WebSocket.", state: "pass" }
        : { means: "The answer has to say websocket (section 4.1).", state: "error" };
    },
  ],
  [
    "Connection",
    ({ answered, accepted }) => {
      const means = "Upgrade concerns this hop alone: a proxy must not pass it on unread.";
      if (!accepted) return { means, state: "none" };
      return tokensOf(answered("Connection")).includes("upgrade")
        ? { means, state: "pass" }
        : {
            means: "The answer has to name Upgrade (section 4.1); a proxy may have taken it away.",
            state: "error",
          };
    },
  ],
  [
    "Sec-WebSocket-Key",
    ({ sent }) => {
      const key = sent("Sec-WebSocket-Key") ?? "";
      const good = /^[A-Za-z0-9+/]{22}==$/.test(key);
      return good
        ? {
            means:
              "16 random bytes, new with each attempt. What the server makes of them proves that it speaks WebSocket.",
            state: "none",
          }
        : { means: "It has to be 16 bytes in base64 (section 4.1).", state: "error" };
    },
  ],
  [
    "Sec-WebSocket-Accept",
    ({ answered, accepted, expected }) => {
      const given = answered("Sec-WebSocket-Accept");
      if (!accepted) {
        const would = expected === "" ? "with a proof" : expected;
        return { means: `An upgrade would have answered ${would}.`, state: "none" };
      }
      if (given === undefined)
        return { means: "Missing; a server has to prove that it read the key.", state: "error" };
      if (expected === "") return { means: "Not checked here.", state: "none" };
      return given === expected
        ? {
            means: "As computed below: a WebSocket server answered this very request, no cache.",
            state: "pass",
          }
        : { means: `Computed below: it has to be ${expected}.`, state: "error" };
    },
  ],
  [
    "Sec-WebSocket-Version",
    ({ sent, answered, status }) => {
      if (answered("Sec-WebSocket-Version") !== undefined) {
        return {
          means: "The versions that the server speaks.",
          state: status === 426 ? "error" : "none",
        };
      }
      return sent("Sec-WebSocket-Version") === "13"
        ? { means: "13 is RFC 6455, the only version in use.", state: "none" }
        : { means: "Only 13 is in use (RFC 6455).", state: "warning" };
    },
  ],
  [
    "Sec-WebSocket-Protocol",
    ({ sent, answered, accepted }) => {
      const offered = membersOf(sent("Sec-WebSocket-Protocol"));
      const chosen = answered("Sec-WebSocket-Protocol");
      if (chosen === undefined) {
        const means =
          offered.length > 0 && accepted
            ? "The server chose none of those that were offered."
            : "Offered in this order of preference; the server chooses one or none.";
        return { means, state: offered.length > 0 && accepted ? "warning" : "none" };
      }
      return offered.includes(chosen)
        ? { means: "The one of the offered that the server chose.", state: "pass" }
        : { means: "The server chose one that was not offered (section 4.1).", state: "error" };
    },
  ],
  [
    "Sec-WebSocket-Extensions",
    ({ sent, answered, accepted }) => {
      const given = answered("Sec-WebSocket-Extensions");
      if (given !== undefined && sent("Sec-WebSocket-Extensions") === undefined) {
        return { means: "The server took up what was not offered (section 4.1).", state: "error" };
      }
      if (given !== undefined)
        return { means: "Taken up by the server; in words below.", state: "pass" };
      return {
        means: accepted
          ? "Offered, and not taken up: messages are not compressed."
          : "Offered; the server may take it up.",
        state: "none",
      };
    },
  ],
  [
    "Origin",
    () => ({
      means:
        "The page that asks. Browsers always say it; servers use it to keep other people’s pages out.",
      state: "none",
    }),
  ],
  ["Authorization", ({ sent }) => secret(sent("Authorization"), "Credentials.")],
  ["Cookie", ({ sent }) => secret(sent("Cookie"), "Cookies of this host.")],
  [
    "Set-Cookie",
    ({ answered }) => secret(answered("Set-Cookie"), "Cookies that the server wants kept."),
  ],
  ["Location", () => ({ means: "Where the server says the endpoint is.", state: "none" })],
  [
    "Retry-After",
    ({ answered }) => ({
      means: `The server asks to be left alone for ${answered("Retry-After") ?? ""}${/^\d+$/.test(answered("Retry-After") ?? "") ? " s" : ""}.`,
      state: "none",
    }),
  ],
  [
    "WWW-Authenticate",
    () => ({ means: "The credentials that the server asks for.", state: "none" }),
  ],
];

const ALWAYS = new Set([
  "upgrade",
  "connection",
  "sec-websocket-key",
  "sec-websocket-accept",
  "sec-websocket-version",
]);

function secret(
  value: string | undefined,
  means: string,
): { means: string; state: FieldRow["state"] } {
  return { means: isRedacted(value ?? "") ? `${means} ${SECRET}` : means, state: "none" };
}

/** The fields that matter, of a request and its answer. `expected` is the right proof of the key. */
export function fieldRows(
  request: string,
  response: string,
  status: number,
  expected: string,
): FieldRow[] {
  const asked = readHead(request);
  const given = readHead(response);
  const heads: Heads = {
    sent: (name) => valueOf(asked, name),
    answered: (name) => valueOf(given, name),
    accepted: status === 101,
    expected,
    status,
  };
  const rows: FieldRow[] = [];
  for (const [name, say] of FIELDS) {
    const sent = heads.sent(name);
    const answered = heads.answered(name);
    const missed = ALWAYS.has(name.toLowerCase()) && response !== "";
    if (sent === undefined && answered === undefined && !missed) continue;
    if (response === "" && name === "Sec-WebSocket-Accept") continue;
    rows.push({ name, sent, answered, ...say(heads) });
  }
  return rows;
}
