import { expect, test } from "vitest";

import { savedSaid } from "./saved";

test("events that are not on the disk yet are counted as waiting", () => {
  expect(savedSaid({ committed_seq: 171, last_seq: 171 })).toBe("171 events saved");
  expect(savedSaid({ committed_seq: 1, last_seq: 1001 })).toBe("1 event saved, 1,000 waiting");
});
