import { describe, expect, it } from "vitest";

import type { FindingState, Opening, Step } from "../../protocol/generated";
import { acceptOf } from "./accept";
import { fieldRows } from "./fields";
import { compareHeads, isRedacted, readHead, valueOf } from "./head";
import { verdictOf } from "./verdict";
import { barsOf, openingNs } from "./waterfall";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const REQUEST = `GET /a HTTP/1.1\r\nHost: x\r\nupgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\nCookie: [redacted]\r\n\r\n`;
const RESPONSE = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`;

describe("a head", () => {
  it("keeps order, case, blanks and line ends", () => {
    const lines = readHead("GET / HTTP/1.1\r\nhOST:  x \nbad line\r\n\r\n");
    expect(lines.map((line) => [line.kind, line.name, line.value, line.end])).toEqual([
      ["start", "", "GET / HTTP/1.1", "\r\n"],
      ["field", "hOST", "  x ", "\n"],
      ["broken", "", "bad line", "\r\n"],
      ["end", "", "", "\r\n"],
    ]);
  });

  it("keeps a line that was cut off, and a CR without LF within a line", () => {
    const lines = readHead("HTTP/1.1 200 OK\r\nA: b\rc\r\nServ");
    expect(lines.map((line) => line.value)).toEqual(["HTTP/1.1 200 OK", " b\rc", "Serv"]);
  });

  it("joins a field that stands in several lines", () => {
    expect(valueOf(readHead("S\r\nVia: a\r\nvia: b\r\n"), "Via")).toBe("a, b");
  });

  it("knows what was redacted", () => {
    expect(isRedacted("[redacted]")).toBe(true);
    expect(isRedacted(" Bearer [redacted]")).toBe(true);
    expect(isRedacted("sid=1")).toBe(false);
  });

  it("is compared line by line", () => {
    const changes = compareHeads("GET /\r\nA: 1\r\nB: 2\r\n", "GET /\r\nB: 2\r\nC: 3\r\n");
    expect(changes.map(({ sign, text }) => `${sign} ${text}`)).toEqual([
      "same GET /",
      "removed A: 1",
      "same B: 2",
      "added C: 3",
    ]);
  });
});

describe("heads of very many lines", () => {
  it("are shown one after the other, since comparing them would take too long", () => {
    const head = "a:1\r\n".repeat(30_000);
    const changes = compareHeads(head, head);
    expect(changes).toHaveLength(60_000);
    expect(changes[0]?.sign).toBe("removed");
    expect(changes.at(-1)?.sign).toBe("added");
  });
});

describe("the fields of a handshake", () => {
  it("compute the example of RFC 6455", async () => {
    expect(await acceptOf(KEY)).toBe(ACCEPT);
  });

  it("are in order when the answer fits the request", () => {
    const rows = fieldRows(REQUEST, RESPONSE, 101, ACCEPT);
    expect(rows.filter((row) => row.state === "error")).toEqual([]);
    expect(rows.find((row) => row.name === "Sec-WebSocket-Accept")?.state).toBe("pass");
    expect(rows.find((row) => row.name === "Cookie")?.means).toContain("Kept out of the record");
  });

  it("say that the proof is wrong or missing", () => {
    const wrong = RESPONSE.replace(ACCEPT, "AAAA");
    const state = (response: string) =>
      fieldRows(REQUEST, response, 101, ACCEPT).find((row) => row.name === "Sec-WebSocket-Accept")
        ?.state;
    expect(state(wrong)).toBe("error");
    expect(state(RESPONSE.replace(/Sec-WebSocket-Accept.*\r\n/, ""))).toBe("error");
  });

  it("do not call a proof wrong that was not computed", () => {
    const rows = fieldRows(REQUEST, RESPONSE, 101, "");
    expect(rows.find((row) => row.name === "Sec-WebSocket-Accept")?.state).toBe("none");
  });

  const stateOfProtocol = (offered: string, chosen: string) =>
    fieldRows(
      REQUEST.replace("Cookie: [redacted]", `Sec-WebSocket-Protocol: ${offered}`),
      `${RESPONSE.trimEnd()}\r\nSec-WebSocket-Protocol: ${chosen}\r\n\r\n`,
      101,
      ACCEPT,
    ).find((row) => row.name === "Sec-WebSocket-Protocol")?.state;

  it("say that the server chose a subprotocol that was not offered, spelled as it was", () => {
    expect(stateOfProtocol("a, Mqtt", "Mqtt")).toBe("pass");
    expect(stateOfProtocol("a, Mqtt", "x")).toBe("error");
    expect(stateOfProtocol("a, Mqtt", "mqtt")).toBe("error");
  });
});

const step = (name: string, start_ns: number, duration_ns: number, failed = false): Step => ({
  name,
  start_ns,
  duration_ns,
  failed,
});

describe("the waterfall", () => {
  it("places steps on one clock", () => {
    const bars = barsOf([step("dns", 100, 50), step("upgrade", 150, 50)], 0);
    expect(bars.map((bar) => [bar.start, bar.length, bar.kind])).toEqual([
      [0, 50, "own"],
      [50, 50, "wait"],
    ]);
  });

  it("lets a step that is not done grow to now", () => {
    const [, bar] = barsOf([step("dns", 0, 50), step("tcp", 50, -1)], 100);
    expect(bar).toMatchObject({ start: 50, length: 50, kind: "running" });
  });

  it("cuts a first message that comes much later", () => {
    const [first, last] = barsOf([step("dns", 0, 100), step("message", 100, 1e6)], 0);
    expect(first?.length).toBeCloseTo(62.5);
    expect(last?.cut).toBe(true);
  });

  it("tells how long the opening took, once it is known", () => {
    expect(openingNs([step("dns", 5, 5), step("upgrade", 10, 20), step("message", 30, -1)])).toBe(
      25,
    );
    expect(openingNs([step("dns", 5, -1)])).toBe(-1);
  });
});

const opening = (change: Partial<Opening>): Opening => ({
  connection: "c1",
  transport: "websocket",
  url: "ws://x/",
  steps: [],
  request: "",
  response: "",
  status: 0,
  subprotocol: "",
  extensions: [],
  tls: null,
  reached: null,
  failure: {},
  seq: 1,
  ...change,
});

const FINDING: FindingState = {
  ...{ seq: 4, connection: "c1", code: "NET102", severity: "error", title: "", cause: "", fix: "" },
  ...{ evidence: [], before_bytes: 0, after_bytes: 0, method: "", change: null, button: "" },
};

describe("the verdict of an attempt", () => {
  it("calls a redirect that was followed in order", () => {
    const redirected = opening({
      status: 302,
      response: "HTTP/1.1 302 Found\r\nLocation: ws://y/\r\n\r\n",
      failure: { message: "Refused with 302.", kind: "redirected" },
    });
    expect(verdictOf(redirected, [], false)).toMatchObject({
      severity: "pass",
      title: "Sent on to ws://y/",
    });
    expect(verdictOf(redirected, [], true).severity).toBe("error");
  });

  it("says what the strip does not: the kind of failure and the step", () => {
    const message = "Nothing listens on y:9; the connection was refused.";
    const fix = "Check the port.";
    const refused = opening({
      steps: [{ ...step("tcp", 0, 3e6), failed: true }],
      failure: { message, hint: fix, kind: "refused" },
    });
    const finding = { ...FINDING, title: "The connection was refused", cause: message, fix };
    expect(verdictOf(refused, [finding], true, `${message} ${fix}`)).toMatchObject({
      title: "The connection was refused",
      text: "The step TCP failed after 3.0 ms.",
    });
    expect(verdictOf(refused, [finding], true)).toMatchObject({
      title: "Nothing listens on y:9; the connection was refused",
      text: fix,
    });
  });

  it("says how long it took to open", () => {
    const open = opening({ status: 101, steps: [step("dns", 0, 2e6), step("upgrade", 2e6, 3e6)] });
    expect(verdictOf(open, [], true).title).toBe("Open after 5.0 ms");
  });
});
