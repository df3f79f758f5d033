import { expect, test } from "vitest";

import { pieces, resolved } from "./template";

test("variables are told from the text around them", () => {
  expect(pieces("wss://{{ host }}/v2?s={{symbol}}")).toEqual([
    { text: "wss://", variable: "" },
    { text: "{{ host }}", variable: "host" },
    { text: "/v2?s=", variable: "" },
    { text: "{{symbol}}", variable: "symbol" },
  ]);
});

test("an open brace is text", () => {
  expect(pieces("a{{b")).toEqual([{ text: "a{{b", variable: "" }]);
});

test("what is not known stays a variable", () => {
  expect(resolved("{{host}}:{{port}}/{{token}}", { host: "here", port: 80 })).toBe(
    "here:80/{{token}}",
  );
});

test("a variable named like a part of every object is not known", () => {
  expect(resolved("{{constructor}}", {})).toBe("{{constructor}}");
});
