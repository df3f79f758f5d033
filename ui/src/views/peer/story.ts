// What became of a WebRTC connection: its machines moment by moment, the way that was found, and the
// whole in a sentence.

import type { Ladder, PeerMove, PeerPair, PeerView } from "../../protocol/generated";
import { isRelayed } from "./explained";
import { named, stuckAt } from "./ladder";

/** The machines in the order in which they come into play. */
export const MACHINES = ["signaling", "gathering", "ice", "dtls", "sctp", "connection"] as const;

export type MachineName = (typeof MACHINES)[number];

const BEGIN: Readonly<Record<MachineName, string>> = {
  signaling: "stable",
  gathering: "new",
  ice: "new",
  dtls: "new",
  sctp: "connecting",
  connection: "new",
};

const BAD = new Set(["failed", "disconnected"]);

/** Whether a state is one that something went wrong in. */
export function isBad(state: string): boolean {
  return BAD.has(state);
}

/** A machine at a moment: where it is, whether it moved there now, and by which event. */
export interface Cell {
  state: string;
  moved: boolean;
  seq: number;
}

/** A moment at which at least one machine moved. */
export interface Moment {
  at_ns: number;
  cells: Record<MachineName, Cell>;
}

/** Moves within this time of each other stand in one row. */
const TOGETHER_NS = 1e6;

/** The machines moment by moment; a machine that moves twice within one has a row of its own. */
export function momentsOf(moves: readonly PeerMove[]): Moment[] {
  const moments: Moment[] = [];
  for (const move of moves) {
    const last = moments.at(-1);
    const cell = { state: move.after, moved: true, seq: move.seq };
    const isSame = last !== undefined && move.at_ns - last.at_ns < TOGETHER_NS;
    if (isSame && !last.cells[move.machine].moved) {
      last.cells[move.machine] = cell;
      continue;
    }
    const before = last?.cells ?? beginOf(moves);
    const cells = Object.fromEntries(
      MACHINES.map((name) => [name, { ...before[name], moved: false }]),
    ) as Moment["cells"];
    moments.push({ at_ns: move.at_ns, cells: { ...cells, [move.machine]: cell } });
  }
  return moments;
}

/** Where each machine was before its first move; one that never moves is not said to be anywhere. */
function beginOf(moves: readonly PeerMove[]): Moment["cells"] {
  const stateOf = (name: MachineName) => {
    const first = moves.find((move) => move.machine === name);
    return first === undefined ? "" : first.before || BEGIN[name];
  };
  return Object.fromEntries(
    MACHINES.map((name) => [name, { state: stateOf(name), moved: false, seq: 0 }]),
  ) as Moment["cells"];
}

/** The pair that data takes now, or took last; undefined while none was selected. */
export function selectedOf(pairs: readonly PeerPair[]): PeerPair | undefined {
  return pairs.findLast((pair) => pair.selected);
}

/** Whether a pair leads from end to end or through a relay, over what, and between which addresses. */
export function wayOf(pair: PeerPair): string {
  const how = isRelayed(pair) ? "Through a relay" : "Directly";
  const protocol = (pair.local.split(" ")[1] ?? "").toUpperCase();
  return `${how} over ${protocol}, from ${addressIn(pair.local)} to ${addressIn(pair.remote)}.`;
}

/** "192.0.2.1:50000 (host)", of a candidate in words. */
function addressIn(candidate: string): string {
  const [kind = "", , address = ""] = candidate.split(" ");
  return `${address} (${kind})`;
}

/** How the connection stands, and what that means. */
export interface Standing {
  severity: "pass" | "error" | "warning" | "advice";
  title: string;
  text: string;
}

export function standingOf(view: PeerView): Standing {
  const state = view.states.connection ?? "new";
  const pair = selectedOf(view.pairs);
  const way = pair === undefined ? "" : wayOf(pair);
  const ladder = view.ladders.at(-1);
  const stuck = ladder === undefined ? "" : named(stuckAt(ladder));
  if (stuck !== "" && ladder?.state === "failed") {
    const what = ladder.attempt === 1 ? "Not connected" : "Not connected again";
    return { severity: "error", title: `${what}: stuck at ${stuck}`, text: "" };
  }
  if (state === "connected") {
    if (stuck === "") return { severity: "pass", title: "Connected", text: way };
    return { severity: "warning", title: `Connected, but stuck at ${stuck}`, text: way };
  }
  if (state === "disconnected") {
    const text = "Its checks are not answered any more. It may come back by itself.";
    return { severity: "warning", title: "Disconnected for now", text };
  }
  if (state === "failed") {
    return { severity: "error", title: "Failed", text: "The way that worked was lost." };
  }
  if (state === "closed") return { severity: "advice", title: "Closed", text: way };
  return { severity: "advice", title: "Not connected yet", text: goingOn(ladder) };
}

/** What is being done, in the words of the rung that is. */
function goingOn(ladder: Ladder | undefined): string {
  const rungs = ladder?.rungs.filter((rung) => rung.state === "running") ?? [];
  return (rungs.find((rung) => rung.name !== "gathering") ?? rungs[0])?.words ?? "";
}
