import { expect, test } from "vitest";

import type { Series } from "../../protocol/generated";
import { streamCharts, valueWith } from "./statistics";

const BITRATE: Series = {
  object: "inbound-rtp",
  id: "IT1",
  name: "bytesReceived",
  unit: "bit/s",
  kind: "video",
  label: "1 4711",
  at_ns: [1e9, 2e9],
  values: [800_000, 1_200_000],
};

const nothing = () => undefined;

test("the figures of a stream stand together, under what it is", () => {
  const jitter: Series = { ...BITRATE, name: "jitter", unit: "s", values: [0.004, 0.006] };
  const [stream, ...others] = streamCharts([BITRATE, jitter], nothing);
  expect(others).toEqual([]);
  expect(stream?.name).toBe("Video received, mid 1");
  expect(stream?.figures.map((one) => one.title)).toEqual(["Bitrate", "Jitter"]);
});

test("what is received stands before what is sent", () => {
  const sent: Series = { ...BITRATE, object: "outbound-rtp", id: "OT1", name: "bytesSent" };
  expect(streamCharts([sent, BITRATE], nothing).map((one) => one.object)).toEqual([
    "inbound-rtp",
    "outbound-rtp",
  ]);
});

test("a figure has its W3C name beside the unit that a person reads", () => {
  const [figure] = streamCharts([BITRATE], nothing)[0]?.figures ?? [];
  expect(figure?.unit).toBe("Mbit/s, bytesReceived");
  expect(figure?.sentence).toBe(
    "Payload received: 1.20 Mbit/s last, 1.00 Mbit/s on average, 1.20 Mbit/s at most.",
  );
  expect(figure?.rows).toEqual([
    ["1.0", "0.80"],
    ["2.0", "1.20"],
  ]);
});

test("a figure that is not known here has its own name", () => {
  const [stream] = streamCharts([{ ...BITRATE, name: "constructor" }], nothing);
  expect(stream?.figures[0]?.title).toBe("constructor");
});

test("a series without a value is no chart", () => {
  expect(streamCharts([{ ...BITRATE, at_ns: [], values: [] }], nothing)).toEqual([]);
});

test("values have the unit that fits them", () => {
  expect(valueWith("s", 0.0123)).toBe("12.3 ms");
  expect(valueWith("bit/s", 64_000)).toBe("64.0 kbit/s");
  expect(valueWith("1/s", 30)).toBe("30.0/s");
  expect(valueWith("share", 0.005)).toBe("0.5 %");
  expect(valueWith("px", 720)).toBe("720 px");
});

test("a stream is told by its section, its layer, or its source alone", () => {
  const nameOf = (label: string) => streamCharts([{ ...BITRATE, label }], nothing)[0]?.name;
  expect(nameOf("0 h 4711")).toBe("Video received, mid 0, layer h");
  expect(nameOf("4711")).toBe("Video received, SSRC 4711");
  expect(nameOf("")).toBe("Video received");
});
