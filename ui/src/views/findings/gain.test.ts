import { expect, test } from "vitest";

import type { FindingState } from "../../protocol/generated";
import { keyOf } from "./gain";

const finding = (evidence: number[]) =>
  ({ connection: "c1", code: "WS501", evidence }) as unknown as FindingState;

test("findings on both directions that share the handshake as evidence have two keys", () => {
  expect(keyOf(finding([5, 8]))).not.toBe(keyOf(finding([5, 10])));
});

test("a finding keeps its key when more evidence comes", () => {
  expect(keyOf(finding([5, 8, 12]))).toBe(keyOf(finding([5, 8])));
});
