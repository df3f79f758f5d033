import { expect, test } from "vitest";

import { addressWithoutSecrets, withoutSecrets } from "./concealed";

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
  expect(withoutSecrets(fields)).toEqual({
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
  expect(withoutSecrets({ url: "webrtc:1.AAAAabcd" })).toEqual({ url: "webrtc:" });
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
