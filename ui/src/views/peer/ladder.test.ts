import { describe, expect, it } from "vitest";

import type { Ladder, Rung } from "../../protocol/generated";
import { figureOf, isOver, named, outcomeOf, spansOf, stateOf, stuckAt, tryName } from "./ladder";

const rung = (name: Rung["name"], state: Rung["state"], more: Partial<Rung> = {}): Rung => ({
  name,
  title: name === "dtls" ? "DTLS" : "First answer",
  state,
  began_ns: null,
  took_ns: null,
  at_most: false,
  evidence: [],
  words: "",
  ...more,
});

const ladder = (rungs: Rung[], more: Partial<Ladder> = {}): Ladder => ({
  connection: "c1",
  attempt: 1,
  state: "climbing",
  began_ns: 0,
  took_ns: null,
  rungs,
  failing: null,
  happened: "",
  advice: "",
  ...more,
});

describe("a rung's row", () => {
  it("says in a word where the rung is", () => {
    const climbing = ladder([]);
    expect(stateOf(rung("dtls", "not-needed"), climbing)).toBe("not needed");
    expect(stateOf(rung("dtls", "waiting"), climbing)).toBe("waits");
  });

  it("does not say that something waits once the try is over", () => {
    const over = ladder([], { state: "failed" });
    expect(isOver(over)).toBe(true);
    expect(stateOf(rung("dtls", "waiting"), over)).toBe("not reached");
    expect(stateOf(rung("dtls", "waiting", { began_ns: 5 }), over)).toBe("not done");
  });

  it("says of what a sample showed that it took no longer", () => {
    const done = { began_ns: 0, took_ns: 52e6 };
    expect(figureOf(rung("first-check", "done", { ...done, at_most: true }), 0)).toBe("≤ 52.0 ms");
    expect(figureOf(rung("offer", "done", done), 0)).toBe("52.0 ms");
    expect(figureOf(rung("offer", "done"), 0)).toBe("");
  });

  it("counts on while the rung goes on", () => {
    expect(figureOf(rung("dtls", "running", { began_ns: 1e9 }), 3e9)).toBe("2.00 s");
  });
});

describe("the bars", () => {
  it("stand on one clock, and one that goes on grows to now", () => {
    const [offer, answer, dtls] = spansOf(
      ladder([
        rung("offer", "done", { began_ns: 0, took_ns: 25e6 }),
        rung("answer", "running", { began_ns: 25e6 }),
        rung("dtls", "waiting"),
      ]),
      100e6,
    );
    expect(offer).toEqual({ start: 0, length: 25, cut: false });
    expect(answer).toEqual({ start: 25, length: 75, cut: false });
    expect(dtls).toBeNull();
  });

  it("let a first media that comes much later run out of the picture", () => {
    const [dtls, media] = spansOf(
      ladder([
        rung("dtls", "done", { began_ns: 0, took_ns: 10e6 }),
        rung("media", "done", { began_ns: 10e6, took_ns: 900e6 }),
      ]),
      0,
    );
    expect(dtls?.cut).toBe(false);
    expect(media?.cut).toBe(true);
  });

  it("are none where nothing has a time", () => {
    expect(spansOf(ladder([rung("dtls", "done")]), 0)).toEqual([null]);
  });
});

describe("the whole", () => {
  it("names the rung on which it stuck, as within a sentence", () => {
    const failed = rung("first-answer", "failed");
    const stuck = ladder([failed], { failing: "first-answer", state: "failed" });
    expect(stuckAt(stuck)).toBe("First answer");
    expect(outcomeOf(stuck)).toBe("stuck at first answer");
    expect(named("DTLS")).toBe("DTLS");
  });

  it("says how long it took, and which try it was", () => {
    expect(outcomeOf(ladder([], { took_ns: 86.4e6 }))).toBe("86.4 ms to the open connection");
    expect(outcomeOf(ladder([]))).toBe("");
    expect(tryName(ladder([]))).toBe("First try");
    expect(tryName(ladder([], { attempt: 3 }))).toBe("Restart 2");
  });
});
