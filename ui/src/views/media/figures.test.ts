import { expect, test } from "vitest";

import type { Series, SessionMedia } from "../../protocol/generated";
import { receivedReadings } from "./figures";

const VIDEO: SessionMedia = { direction: "received", kind: "video", mid: "1", codec: "VP8" };

const series = (name: string, value: number, unit: Series["unit"], label = "1 4711"): Series => ({
  ...{ object: "inbound-rtp", id: "IT1", name, unit, kind: "video", label },
  at_ns: [1e9],
  values: [value],
});

const valueOf = (all: ReturnType<typeof receivedReadings>, name: string) =>
  all[0]?.readings.find((one) => one.name === name)?.value;

test("a track says its codec, the size of its picture and how fast it comes", () => {
  const read = receivedReadings(
    [VIDEO],
    [
      series("frameWidth", 1280, "px"),
      series("frameHeight", 720, "px"),
      series("framesDecoded", 30, "1/s"),
    ],
  );
  expect(valueOf(read, "Codec")).toBe("VP8");
  expect(valueOf(read, "Picture")).toBe("1,280 × 720");
  expect(valueOf(read, "Frames")).toBe("30.0/s");
});

test("what is sent is not among what is received", () => {
  expect(receivedReadings([{ ...VIDEO, direction: "sent" }], [])).toEqual([]);
});

test("after a new offer the figures are those of the stream that still comes", () => {
  const now = {
    ...series("framesDecoded", 30, "1/s", "1 4711"),
    at_ns: [1e9, 2e9],
    values: [20, 30],
  };
  const before = { ...series("framesDecoded", 15, "1/s", "1 9999"), id: "IT9" };
  const [read] = receivedReadings([VIDEO], [now, before]);
  expect(read?.readings.at(-1)?.value).toBe("30.0/s");
});

test("figures of a section that is no longer received are none of another's", () => {
  const [read] = receivedReadings(
    [VIDEO],
    [series("jitter", 0.5, "s", "1 4711"), series("framesDecoded", 15, "1/s", "0 9999")],
  );
  expect(read?.readings.map((one) => one.name)).toEqual(["Codec", "Jitter"]);
});

test("of two pictures each has its own figures", () => {
  const other = { ...VIDEO, mid: "2" };
  const rates = [
    series("framesDecoded", 30, "1/s", "1 4711"),
    series("framesDecoded", 15, "1/s", "2 4712"),
  ];
  const [first, second] = receivedReadings([VIDEO, other], rates);
  expect(first?.readings.at(-1)?.value).toBe("30.0/s");
  expect(second?.readings.at(-1)?.value).toBe("15.0/s");
});
