// How much of what is being recorded is safe on the disk.

import { count, counted } from "../base/format";
import type { CaptureState } from "../protocol/generated";

/** "171 events saved"; "168 events saved, 3 waiting" while some are not on the disk yet. */
export function savedSaid(capture: Pick<CaptureState, "committed_seq" | "last_seq">): string {
  const { committed_seq: saved, last_seq: last } = capture;
  const waiting = last > saved ? `, ${count(last - saved)} waiting` : "";
  return `${counted(saved, "event")} saved${waiting}`;
}
