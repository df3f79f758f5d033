import { expect, test } from "vitest";

import { Announcer } from "./announcer.svelte";

test("the same sentence again is a change, so that it is read out again", () => {
  const announcer = new Announcer();
  const heard = [1, 2, 3].map(() => {
    announcer.say("Nothing was changed.");
    return announcer.polite;
  });
  expect(new Set(heard.map((text) => text.trim())).size).toBe(1);
  expect(heard[1]).not.toBe(heard[0]);
  expect(heard[2]).not.toBe(heard[1]);
});

test("what cannot be seen is named to who listens as well", () => {
  const announcer = new Announcer();
  announcer.say("Deleted a\u202eb.");
  expect(announcer.polite).toBe("Deleted a\\u202eb.");
});
