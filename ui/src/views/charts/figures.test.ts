import { expect, it } from "vitest";

import type { Charts, LatencyPoint } from "../../protocol/generated";
import { latencyFigure, percentileFigure } from "./figures";

const overview = {
  ...{ from_ns: 0, to_ns: 1e9, sent_bytes: [], received_bytes: [] },
  ...{ sent: [], received: [], control: [], hits: [], marks: [] },
};

function point(ms: number, isPong: boolean): LatencyPoint {
  return { at_ns: ms, seq: ms, latency_ns: ms * 1e6, is_pong: isPong };
}

function chartsOf(latency: LatencyPoint[]): Charts {
  return {
    overview,
    latency,
    latency_total: latency.length,
    latency_pongs: latency.filter((one) => one.is_pong).length,
    ...{ sizes: {}, sizes_share: 1, gaps: {}, gaps_share: 1, compression: {} },
  };
}

it("does not count pongs among the answers", () => {
  const charts = chartsOf([point(2, false), point(900, true), point(3, false)]);
  const figure = latencyFigure(charts, () => undefined);
  expect(figure.sentence).toContain("2 answers, the slowest 3.0 ms");
  expect(figure.rows).toHaveLength(2);
  expect(percentileFigure(charts, null).sentence).toContain("2 answers");
});

it("shows pongs where nothing else was answered", () => {
  const charts = chartsOf([point(2, true), point(900, true)]);
  expect(latencyFigure(charts, () => undefined).sentence).toContain("2 pongs, the slowest 900 ms");
});
