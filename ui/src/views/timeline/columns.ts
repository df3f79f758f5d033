// The columns of the timeline: which there are, how wide they are, and which of them a width has
// room for. What a person chose wins.

export type ColumnId =
  | "connection"
  | "seq"
  | "time"
  | "gap"
  | "wire"
  | "kind"
  | "channel"
  | "payload"
  | "wireSize"
  | "dataSize"
  | "answer";

export interface Column {
  id: ColumnId;
  /** Head of the column, unit included. */
  head: string;
  /** Name in the list of columns. */
  name: string;
  width: string;
  /** Numbers stand at the right. */
  right: boolean;
  /** Width of the window below which it is left out by itself. */
  from?: number;
  /** Whether it can be left out at all. */
  fixed?: boolean;
}

/** Width of a digit, of what stands beside numbers, and of their column at least; in px. */
const DIGIT = 6.9;
const AROUND_NUMBER = 36;
const NUMBER = 78;

/** Width of the window from which channels and gaps have room beside each other. */
const WIDE = 1600;

export const COLUMNS: readonly Column[] = [
  { id: "connection", head: "Conn.", name: "Connection", width: "44px", right: false },
  { id: "seq", head: "#", name: "Number", width: `${NUMBER}px`, right: true, fixed: true },
  { id: "time", head: "Time, s", name: "Time", width: "72px", right: true },
  { id: "gap", head: "Gap, ms", name: "Gap", width: "64px", right: true, from: 1280 },
  { id: "wire", head: "", name: "Wire", width: "88px", right: false, fixed: true },
  { id: "kind", head: "Frame", name: "Frame", width: "104px", right: false },
  { id: "channel", head: "Channel", name: "Channel", width: "76px", right: false },
  {
    id: "payload",
    head: "Payload",
    name: "Payload",
    width: "minmax(120px, 1fr)",
    right: false,
    fixed: true,
  },
  { id: "wireSize", head: "Wire, B", name: "Wire size", width: "74px", right: true },
  { id: "dataSize", head: "Data, B", name: "Data size", width: "74px", right: true, from: 1600 },
  { id: "answer", head: "Answer, ms", name: "Answer", width: "86px", right: true },
];

/** What a capture holds that has columns of its own. */
export interface Held {
  /** Several connections are among the rows. */
  several: boolean;
  /** Messages of WebSockets, whose size on the wire is known. */
  sockets: boolean;
  /** Data channels. */
  channels: boolean;
}

/** The columns that are shown, in order. */
export function shownColumns(
  chosen: (id: ColumnId) => boolean | undefined,
  windowWidth: number,
  held: Held,
  longestNumber: number,
): Column[] {
  const shown = COLUMNS.filter((column) => {
    if (column.fixed) return true;
    if (column.id === "channel" && !held.channels) return false;
    const wanted = chosen(column.id);
    if (wanted !== undefined) return wanted;
    if (column.id === "connection") return held.several;
    if (held.channels && column.id === "wireSize") return false; // not known of a channel
    if (held.channels && column.id === "dataSize") return true;
    if (held.channels && column.id === "gap") return windowWidth >= WIDE;
    return windowWidth >= (column.from ?? 0);
  });
  const room = Math.ceil(longestNumber * DIGIT) + AROUND_NUMBER;
  return shown.map((column) => {
    if (column.id === "seq" && room > NUMBER) return { ...column, width: `${room}px` };
    if (column.id === "kind" && !held.sockets) return { ...column, head: "Kind" };
    return column;
  });
}
