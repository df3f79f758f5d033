import { describe, expect, it } from "vitest";

import type { CaptureState, WorkspaceState } from "../../protocol/generated";
import { findingsInWords, lossOf, retentionOf, searched, trashOf } from "./list";

const capture = (change: Partial<CaptureState>): CaptureState => ({
  id: "x",
  name: "price feed",
  file: "x.wirescope",
  started: "2026-11-26T14:02:00Z",
  recording: false,
  last_seq: 12,
  committed_seq: 12,
  lost: 0,
  bytes: 4170,
  sent: 1,
  received: 2,
  sent_bytes: 0,
  received_bytes: 0,
  findings: {},
  verdict: "Closed by the network",
  has_notes: false,
  recordings: [],
  ...change,
});

describe("the list of captures", () => {
  it("finds every word, in any field", () => {
    const all = [capture({}), capture({ name: "lobby", verdict: "" })];
    expect(searched(all, "PRICE network")).toHaveLength(1);
    expect(searched(all, "price lobby")).toHaveLength(0);
    expect(searched(all, " ")).toHaveLength(2);
  });

  it("says what a deletion loses, notes included", () => {
    expect(lossOf(capture({ has_notes: true }))).toMatch(
      /^12 events with 3 messages, the notes and bookmarks .*: 4\.17 kB/,
    );
  });

  it("says what retention keeps", () => {
    const workspace = (days: number | null, bytes: number | null) =>
      ({ retention_days: days, retention_bytes: bytes }) as WorkspaceState;
    expect(retentionOf(workspace(null, null))).toContain("until you delete them");
    expect(retentionOf(workspace(null, 0))).toContain("go beyond 0 B together");
    expect(retentionOf(workspace(30, 2e9))).toContain(
      "older than 30 days, or go beyond 2 GB together",
    );
  });

  it("says what the trash takes", () => {
    expect(trashOf({ trash_bytes: 0 } as WorkspaceState)).toBe("");
    expect(trashOf({ trash_bytes: 5e6 } as WorkspaceState)).toContain("in the trash, 5.00 MB,");
  });

  it("counts findings in words", () => {
    expect(findingsInWords({ error: 1, warning: 2, info: 0 })).toBe("1 error, 2 warnings");
    expect(findingsInWords({})).toBe("");
  });
});
