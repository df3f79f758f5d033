import { expect, test, vi } from "vitest";

import { MOST_BYTES, textOf } from "./file";

test("a file is read as text", async () => {
  expect(await textOf(new File(["curl wss://a.test"], "a.sh"))).toBe("curl wss://a.test");
});

test("a file that is too large is not read, and the way that can is named", async () => {
  const file = new File([new Uint8Array(MOST_BYTES + 1)], "night.har");
  const read = vi.spyOn(file, "text");
  await expect(textOf(file)).rejects.toThrow(/night\.har has 3\.00 MB.*wirescope import FILE/);
  expect(read).not.toHaveBeenCalled();
});

test("a file that has gone since it was chosen is said to have", async () => {
  const file = new File(["x"], "gone.har");
  vi.spyOn(file, "text").mockRejectedValue(new DOMException("gone", "NotFoundError"));
  await expect(textOf(file)).rejects.toThrow("gone.har cannot be read any more");
});
