import { expect, test } from "vitest";

import { addressWithoutSecrets, conceal, reveal } from "./concealed";

test("values of secrets are left out, and what is written by name is not", () => {
  const turn = { url: "turn:turn.test", username: "ada" };
  const fields = {
    auth: { kind: "basic", user: "ada", password: "pw" },
    tls: { key: "key.pem", key_password: "pw" },
    webrtc: {
      ice_servers: [
        { ...turn, credential: "pw" },
        { ...turn, credential: "{{turn}}" },
      ],
    },
  };
  expect(conceal(fields).fields).toEqual({
    auth: { kind: "basic", user: "ada", password: "" },
    tls: { key: "key.pem", key_password: null },
    webrtc: {
      ice_servers: [
        { ...turn, credential: "" },
        { ...turn, credential: "{{turn}}" },
      ],
    },
  });
});

test("of a code no more is left than that it is one", () => {
  expect(conceal({ url: "webrtc:1.AAAAabcd" }).fields).toEqual({ url: "webrtc:" });
  expect(addressWithoutSecrets(" webrtc: 1.AQAA bcd")).toBe("webrtc:");
});

test("an address has no password, and otherwise stays letter by letter", () => {
  expect(addressWithoutSecrets("wss://ada:pw@host/a?b=c:d@e")).toBe("wss://ada@host/a?b=c:d@e");
  for (const text of ["wss://host/a:b@c", "wss://ada:{{pw}}@host/", " half", "", "{{host}}"]) {
    expect(addressWithoutSecrets(text)).toBe(text);
  }
});

test("a command may hold anything", () => {
  expect(addressWithoutSecrets("curl -H 'Authorization: Bearer abc' https://host")).toBe("");
});

test("a password beside a name is not kept, whatever else of the address has one", () => {
  const kept: Record<string, string> = {
    "wss://ada:secret@{{host}}/": "wss://ada@{{host}}/",
    "wss://{{user}}:clear@host/": "wss://{{user}}@host/",
    "wss://ada:{{pw}}x@host/": "wss://ada@host/",
    "wss://ada:p@ss@host/": "wss://ada@host/",
    "ada:pw@host": "ada@host",
    "turn:ada:pw@host": "turn:ada@host",
    "wss://ada:{{pw}}@host/?token=abc": "wss://ada:{{pw}}@host/?token=",
  };
  for (const [typed, left] of Object.entries(kept)) expect(addressWithoutSecrets(typed)).toBe(left);
  expect(conceal({ auth: { password: "{{pw}}x" } }).fields).toEqual({ auth: { password: "" } });
});

test("parameters of an address that usually carry a secret have no value", () => {
  expect(addressWithoutSecrets("wss://host/?room=1&Token=abcdef#jwt=x.y.z")).toBe(
    "wss://host/?room=1&Token=#jwt=",
  );
  for (const text of ["wss://host/?token={{token}}", "wss://host/?code=1011&room=abcdef"]) {
    expect(addressWithoutSecrets(text)).toBe(text);
  }
});

test("headers, cookies and parameters that usually carry a secret have no value", () => {
  const fields = {
    headers: [
      { name: "Authorization", value: "Bearer abc" },
      { name: "authorization", value: "Bearer {{token}}" },
      { name: "X-Api-Key", value: "abc", enabled: false },
      { name: "Cookie", value: null },
      { name: "Cookie", value: "sid={{sid}}; a={{a}}" },
      { name: "Cookie", value: "sid=abc; a={{a}}" },
      { name: "X-Token", value: "abc {{a}}" },
      { name: "Accept-Language", value: "de" },
    ],
    query: [
      { name: "access_token", value: "abc" },
      { name: "room", value: "lobby" },
    ],
    cookies: [{ name: "session", value: "abc" }],
  };
  const values = Object.values(conceal(fields).fields).map((list) =>
    (list as typeof fields.headers).map(({ value }) => value),
  );
  expect(values).toEqual([
    ["", "Bearer {{token}}", "", null, "sid={{sid}}; a={{a}}", "", "", "de"],
    ["", "lobby"],
    [""],
  ]);
});

test("a secret that the file has as well is found there, wherever it stands by then", () => {
  const turn = (url: string, credential: string) => ({ url, username: "ada", credential });
  const saved = { webrtc: { ice_servers: [turn("turn:a", "one"), turn("turn:b", "two")] } };
  const draft = { webrtc: { ice_servers: [turn("turn:b", "two"), turn("turn:c", "new")] } };
  const { fields, left } = conceal(draft, saved);
  expect(JSON.stringify([fields, left])).not.toMatch(/two|new/);
  const revealed = reveal(fields, left, saved);
  expect(revealed.fields).toEqual({
    webrtc: { ice_servers: [turn("turn:b", "two"), turn("turn:c", "")] },
  });
  expect(revealed.left.map(({ at }) => at)).toEqual([["webrtc", "ice_servers", 1, "credential"]]);
});
