// What a plot shows, apart from how it is drawn.

export type Colour = "sent" | "received" | "ink" | "warning";

export interface Series {
  /** One for each x; null where there is none. */
  values: readonly (number | null)[];
  colour: Colour;
  shape: "bars" | "dots" | "line";
}

export interface Axis {
  min: number;
  max: number;
  /** Where its lines lie. */
  ticks: readonly number[];
  name: (tick: number) => string;
}

/** A place on the x axis that is named. */
export interface Mark {
  x: number;
  label: string;
}

export interface PlotSpec {
  xs: readonly number[];
  x: Axis;
  y: Axis & { log?: boolean };
  series: readonly Series[];
  marks?: readonly Mark[];
  height: number;
  /** What stands at an x, in words; the index is that of `xs`. */
  readout?: (at: number) => string;
  /** Somebody chose a part of the x axis. */
  onbrush?: (from: number, to: number) => void;
}
