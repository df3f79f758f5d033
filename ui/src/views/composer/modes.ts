// The kinds of message that the composer can be in, and what becomes of what was typed when it goes
// from one to another: nothing is lost, and text becomes the same bytes where it can.

import { without } from "../../base/records";
import type { Outgoing } from "../../protocol/generated";
import type { Bodies, Tab } from "../../store/tabs.svelte";
import { BINARY, CLOSE, PING, PONG, TEXT } from "./frames";
import { type Form, respelled } from "./spelling";

export type Mode = Form | "control";

export const MODES: readonly { id: Mode; name: string }[] = [
  { id: "json", name: "JSON" },
  { id: "text", name: "Text" },
  { id: "hex", name: "Hex" },
  { id: "base64", name: "Base64" },
  { id: "file", name: "File" },
  { id: "control", name: "Ping, pong, close" },
];

/** The mode that something to send belongs to. */
export function modeOf(outgoing: Outgoing): Mode {
  const opcode = outgoing.opcode ?? -1;
  if (opcode === PING || opcode === PONG || opcode === CLOSE) return "control";
  return outgoing.form ?? "text";
}

/** The composer in another mode, and the texts of those that are not shown. */
export function withMode(
  outgoing: Outgoing,
  bodies: Bodies,
  next: Mode,
  illegal: boolean,
): { composer: Outgoing; bodies: Bodies } {
  const before = modeOf(outgoing);
  const kept = { ...bodies, [drawerOf(before)]: outgoing.body ?? "" };
  const body = bodyFor(before, next, outgoing.body ?? "", kept);
  const rest = without(without(without({ ...outgoing }, "opcode"), "code"), "reason") as Outgoing;
  if (next === "control") {
    return { composer: { ...rest, form: "text", body, opcode: PING }, bodies: kept };
  }
  const textual = next === "json" || next === "text";
  const opcode = illegal ? (textual ? TEXT : BINARY) : null;
  return { composer: { ...rest, form: next, body, opcode }, bodies: kept };
}

/** JSON and text are one text. */
function drawerOf(mode: Mode): string {
  return mode === "json" ? "text" : mode;
}

function bodyFor(before: Mode, next: Mode, body: string, kept: Bodies): string {
  if (drawerOf(before) === drawerOf(next)) return body;
  const there = kept[drawerOf(next)] ?? "";
  if (there !== "" || before === "control" || next === "control") return there;
  return respelled(before, next, body) ?? "";
}

/** What a saved message says, as something to send. */
export function outgoingOf(value: Readonly<Record<string, unknown>>): Outgoing {
  return { form: (value["kind"] ?? "text") as Form, body: String(value["body"] ?? "") };
}

/** Put something to send into a tab's composer; `message` is the path of the file that it is of. */
export function loadInto(tab: Tab, outgoing: Outgoing, message: string): void {
  const mode = modeOf(outgoing);
  tab.bodies = withMode(tab.composer, tab.bodies, mode, false).bodies;
  tab.composer = { ...outgoing };
  tab.message = message;
  tab.illegal = outgoing.opcode != null && mode !== "control";
}
