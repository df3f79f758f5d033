import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, expect, test } from "vitest";

import { addressOf, connectApi, inWords, Refusal, Unreachable } from "./api";

interface Heard {
  method: string;
  url: string;
  type: string;
  body: string;
}

let server: Server;
let origin: string;
let heard: Heard[];
let answer: { status: number; body: string; type?: string } | "never";

beforeEach(async () => {
  heard = [];
  answer = { status: 200, body: "{}" };
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString("latin1")));
    request.on("end", () => {
      const type = request.headers["content-type"] ?? "";
      heard.push({ method: request.method ?? "", url: request.url ?? "", type, body });
      if (answer === "never") return;
      response.writeHead(answer.status, { "Content-Type": answer.type ?? "application/json" });
      response.end(answer.body);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test("parameters go into the path, escaped", () => {
  expect(addressOf("payload", { capture: "a/b", seq: "7" })).toBe("/api/captures/a%2Fb/payload/7");
  expect(() => addressOf("payload", { capture: "a" })).toThrow("seq");
});

test("a body travels as JSON and the answer is read", async () => {
  answer = { status: 200, body: '{"said":"Sent."}' };
  const call = connectApi(origin);
  const said = await call("send", {
    path: { session: "s1" },
    body: { outgoing: { form: "text", body: "hello" } },
  });
  expect(said).toEqual({ said: "Sent." });
  expect(heard[0]).toEqual({
    method: "POST",
    url: "/api/sessions/s1/send",
    type: "application/json",
    body: '{"outgoing":{"form":"text","body":"hello"}}',
  });
});

test("an order without a body still says that it is JSON", async () => {
  await connectApi(origin)("undo");
  expect(heard[0]).toMatchObject({ method: "POST", type: "application/json", body: "{}" });
});

test("a file travels as it is", async () => {
  await connectApi(origin)("import_capture", {
    path: { name: "old.har" },
    body: new Blob(["\u0001\u0002"]),
  });
  expect(heard[0]).toMatchObject({ type: "application/octet-stream", body: "\u0001\u0002" });
});

test("a refusal carries the server's words", async () => {
  answer = { status: 409, body: '{"error":"The file has changed.","hint":"Read it anew."}' };
  const error: unknown = await connectApi(origin)("undo").catch((one: unknown) => one);
  expect(error).toBeInstanceOf(Refusal);
  expect((error as Refusal).status).toBe(409);
  expect(inWords(error)).toEqual({ said: "The file has changed.", hint: "Read it anew." });
});

test("an answer that is no failure of ours is still a sentence", async () => {
  answer = { status: 502, body: "<html>" };
  await expect(connectApi(origin)("undo")).rejects.toThrow("The server answered 502 Bad Gateway.");
});

test("a refusal of the gate is a sentence in plain text", async () => {
  answer = { status: 401, body: "Your browser has no key.\n", type: "text/plain; charset=utf-8" };
  await expect(connectApi(origin)("state")).rejects.toThrow(/^Your browser has no key\.$/);
});

test("a server that is gone is unreachable", async () => {
  const call = connectApi(origin);
  await new Promise((done) => server.close(done));
  await expect(call("state")).rejects.toBeInstanceOf(Unreachable);
});

test("a server that is silent is unreachable after the time limit", async () => {
  answer = "never";
  await expect(connectApi(origin)("state", { timeout: 50 })).rejects.toThrow("in time");
});

test("an abort by the caller stays an abort", async () => {
  answer = "never";
  const control = new AbortController();
  const asked = connectApi(origin)("state", { signal: control.signal });
  control.abort();
  await expect(asked).rejects.toMatchObject({ name: "AbortError" });
});

test("an order without what its address needs is a mistake of the page, not of the server", async () => {
  const wrong = connectApi(origin) as unknown as (name: string, asked: object) => Promise<unknown>;
  await expect(wrong("openings", {})).rejects.toThrow("openings needs the parameter capture.");
});
