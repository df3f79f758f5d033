import { expect, test } from "vitest";

import type { WorkspaceState } from "../../protocol/generated";
import { meaningOf, namesIn, partsOf, resolved, unknownIn } from "./variables";

const workspace = {
  items: [
    {
      kind: "environment",
      path: "staging",
      digest: "1",
      value: {
        variables: { host: "h.{{zone}}", zone: "example.net", loop: "{{loop}}" },
        secrets: ["token", "lost"],
      },
    },
  ],
  secrets: { token: "keyring", lost: "" },
} as unknown as WorkspaceState;

const mean = (name: string) => meaningOf(name, workspace, "staging");

test("a text is cut where its variables stand, and holds together", () => {
  const text = "a {{ x }}b{{y}}";
  expect(
    partsOf(text)
      .map((part) => part.text)
      .join(""),
  ).toBe(text);
  expect(namesIn(text)).toEqual(["x", "y"]);
});

test("braces around something else are text", () => {
  expect(namesIn("{{}} {{1a}} {x}")).toEqual([]);
});

test("values are followed into values, and secrets stay hidden", () => {
  expect(resolved("wss://{{host}}/{{token}}", mean)).toBe("wss://h.example.net/••••••");
});

test("a variable that leads to itself ends", () => {
  expect(resolved("{{loop}}", mean)).toContain("{{loop}}");
});

test("where a value comes from is said", () => {
  expect(mean("zone").from).toBe("staging");
  expect(mean("token")).toMatchObject({ source: "secret", from: "secret from the keyring" });
  expect(mean("$uuid").source).toBe("built-in");
});

test("what has no value is found, a secret without one and an unknown built-in too", () => {
  const found = unknownIn("{{host}} {{nobody}} {{lost}} {{$never}}", mean);
  expect(found.map((one) => one.name)).toEqual(["nobody", "lost", "$never"]);
});

test("names that every object has are variables as any other", () => {
  expect(unknownIn("{{constructor}} {{toString}}", mean).map((one) => one.name)).toEqual([
    "constructor",
    "toString",
  ]);
  expect(resolved("ws://{{constructor}}/", mean)).toBe("ws://{{constructor}}/");
});

test("without an environment nothing but built-ins has a value", () => {
  expect(meaningOf("host", workspace, "")).toMatchObject({ source: "unknown" });
});
