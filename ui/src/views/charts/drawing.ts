// Plots drawn by uPlot: loaded when the first chart is shown. Colours come from the tokens, so that
// a plot is drawn anew when the theme changes; lengths are in CSS px at every width.

import "uplot/dist/uPlot.min.css";

import uPlot from "uplot";

import type { Colour, PlotSpec, Series } from "./spec";

export interface Drawn {
  update: (spec: PlotSpec) => void;
  resize: (width: number) => void;
  destroy: () => void;
}

const TOKENS: Readonly<Record<Colour, string>> = {
  sent: "--sent",
  received: "--received",
  ink: "--ink-2",
  warning: "--warning",
};
const FEW = 60;
const WIDTH_OF_NAMES = 48;

/** Draw into an element; `said` is told what the pointer is over, empty for nothing. */
export function draw(into: HTMLElement, first: PlotSpec, said: (readout: string) => void): Drawn {
  let spec = first;
  const colour = colours(into);
  const font = `11px ${getComputedStyle(into).fontFamily}`;
  const axis = {
    stroke: colour("--ink-3"),
    font,
    ticks: { show: false },
    grid: { stroke: colour("--graticule"), width: 1 },
  };
  const plot = new uPlot(
    {
      width: Math.max(80, into.clientWidth),
      height: spec.height,
      padding: [8, 20, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, range: () => [spec.x.min, spec.x.max] },
        y: { distr: spec.y.log ? 3 : 1, range: () => [spec.y.min, spec.y.max] },
      },
      axes: [
        {
          ...axis,
          size: 22,
          gap: 4,
          splits: () => [...spec.x.ticks],
          values: (_, ticks) => ticks.map((tick) => spec.x.name(tick)),
        },
        {
          ...axis,
          size: WIDTH_OF_NAMES,
          gap: 5,
          splits: () => [...spec.y.ticks],
          values: (_, ticks) => ticks.map((tick) => spec.y.name(tick)),
          filter: (_, ticks) => ticks,
        },
      ],
      cursor: {
        x: true,
        y: false,
        points: { show: false },
        drag: { x: spec.onbrush !== undefined, y: false, setScale: false },
      },
      select: { show: spec.onbrush !== undefined, left: 0, top: 0, width: 0, height: 0 },
      series: [
        {},
        ...spec.series.map((one) => seriesOf(one, colour(TOKENS[one.colour]), spec.xs.length)),
      ],
      hooks: {
        setCursor: [
          (at) => {
            const index = at.cursor.idx;
            said(index === null || index === undefined ? "" : (spec.readout?.(index) ?? ""));
          },
        ],
        setSelect: [
          (at) => {
            const { left, width } = at.select;
            if (width < 4) return;
            spec.onbrush?.(at.posToVal(left, "x"), at.posToVal(left + width, "x"));
            at.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
        draw: [
          (at) => {
            zeroLine(at, spec, colour("--line-strong"));
            marks(at, spec, colour("--ink"), font);
          },
        ],
      },
    },
    dataOf(spec),
    into,
  );
  return {
    update: (next) => {
      spec = next;
      plot.setData(dataOf(next), true);
    },
    resize: (width) => plot.setSize({ width: Math.max(80, width), height: spec.height }),
    destroy: () => plot.destroy(),
  };
}

function dataOf(spec: PlotSpec): uPlot.AlignedData {
  return [[...spec.xs], ...spec.series.map((one) => [...one.values])];
}

function seriesOf(series: Series, stroke: string, many: number): uPlot.Series {
  if (series.shape === "bars") {
    const bars = uPlot.paths.bars?.({ size: [many > FEW ? 0.7 : 0.88, 48, 1] });
    return {
      stroke,
      fill: stroke,
      width: 0,
      points: { show: false },
      ...(bars && { paths: bars }),
    };
  }
  if (series.shape === "line") return { stroke, width: 1.75, points: { show: false } };
  return {
    stroke,
    width: 0,
    paths: () => null,
    points: { show: true, size: many > FEW ? 3 : 5, fill: stroke, stroke, width: 0 },
  };
}

/** What a token is, as the canvas reads it: `light-dark()` is resolved by the style of an element. */
function colours(into: HTMLElement): (token: string) => string {
  const probe = document.createElement("i");
  probe.hidden = true;
  into.append(probe);
  const known = new Map<string, string>();
  const resolve = (token: string): string => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  for (const token of [
    ...Object.values(TOKENS),
    "--ink",
    "--ink-3",
    "--graticule",
    "--line-strong",
  ]) {
    known.set(token, resolve(token));
  }
  probe.remove();
  return (token) => known.get(token) ?? "gray";
}

function zeroLine(plot: uPlot, spec: PlotSpec, stroke: string): void {
  if (spec.y.log || spec.y.min > 0 || spec.y.max < 0) return;
  const y = Math.round(plot.valToPos(0, "y", true)) + 0.5;
  const { left, width } = plot.bbox;
  plot.ctx.save();
  plot.ctx.strokeStyle = stroke;
  plot.ctx.lineWidth = devicePixelRatio;
  plot.ctx.beginPath();
  plot.ctx.moveTo(left, y);
  plot.ctx.lineTo(left + width, y);
  plot.ctx.stroke();
  plot.ctx.restore();
}

function marks(plot: uPlot, spec: PlotSpec, ink: string, font: string): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = ink;
  ctx.lineWidth = scale;
  ctx.setLineDash([2 * scale, 2 * scale]);
  ctx.font = font.replace(/^11px/, `${11 * scale}px`);
  for (const mark of spec.marks ?? []) {
    const x = plot.valToPos(mark.x, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const right = x + 4 * scale + ctx.measureText(mark.label).width > bbox.left + bbox.width;
    ctx.textAlign = right ? "right" : "left";
    ctx.textBaseline = "top";
    ctx.fillText(mark.label, x + (right ? -4 : 4) * scale, bbox.top + scale);
  }
  ctx.restore();
}
