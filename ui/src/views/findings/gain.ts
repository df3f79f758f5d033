// What a finding would gain, as a figure.

import { bytesWith, changeWith } from "../../base/format";
import type { FindingState } from "../../protocol/generated";

/** Whether a gain was computed. */
export function hasGain(finding: FindingState): boolean {
  return finding.before_bytes > 0 && finding.after_bytes >= 0;
}

/** "−71.8 %"; empty where no gain was computed. */
export function gainOf(finding: FindingState): string {
  return hasGain(finding) ? changeWith(finding.before_bytes, finding.after_bytes) : "";
}

/** "4.17 MB to 1.18 MB". */
export function gainInBytes(finding: FindingState): string {
  return `${bytesWith(finding.before_bytes)} to ${bytesWith(finding.after_bytes)}`;
}

/**
 * The same finding in two readings of an analysis. The first of its evidence may be the handshake,
 * which findings on both directions share; the second tells them apart.
 */
export function keyOf(finding: FindingState): string {
  return `${finding.connection} ${finding.code} ${finding.evidence.slice(0, 2).join(" ")}`;
}
