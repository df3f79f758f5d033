import { expect, test } from "vitest";

import type { Outgoing } from "../../protocol/generated";
import { forChannel, nameOf } from "./channels";

const CHANNELS = [{ key: "d1" }];

test("a message for a channel that is there stays as it is", () => {
  const outgoing: Outgoing = { form: "text", body: "Hello", channel: "d1" };
  expect(forChannel(outgoing, CHANNELS)).toBe(outgoing);
});

test("a channel that is gone leaves the choice open", () => {
  expect(forChannel({ form: "text", body: "Hello", channel: "d7" }, CHANNELS)).toEqual({
    form: "text",
    body: "Hello",
  });
});

test("a frame becomes the whole message that a channel can carry, on the channel chosen", () => {
  const frame: Outgoing = { form: "hex", body: "00", opcode: 2, fin: false, channel: "d1" };
  const whole = { form: "hex", body: "00", binary: null, channel: "d1" };
  expect(forChannel(frame, CHANNELS)).toEqual(whole);
  expect(forChannel({ form: "hex", body: "00", fragments: 3, channel: "d1" }, CHANNELS)).toEqual(
    whole,
  );
});

test("a frame for a channel that is gone leaves the choice open", () => {
  expect(forChannel({ form: "hex", body: "00", opcode: 2, channel: "d7" }, CHANNELS)).toEqual({
    ...{ form: "hex", body: "00", binary: null },
  });
});

test("a channel without a label is called by its number", () => {
  expect(nameOf({ key: "d2", label: "", id: 3 })).toBe("id 3");
  expect(nameOf({ key: "d2", label: "", id: -1 })).toBe("d2");
  expect(nameOf({ key: "d2", label: "chat", id: 3 })).toBe("chat");
});
