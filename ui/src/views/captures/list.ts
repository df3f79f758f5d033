// The list of captures: what fits a search, what a deletion loses, what retention keeps, in words.

import { bytesWith, clock, counted, day, limitWith } from "../../base/format";
import type { CaptureState, WorkspaceState } from "../../protocol/generated";

/** Formats that a capture can be written in: name, what it is called, what it is for. */
export const FORMATS: readonly (readonly [name: string, called: string])[] = [
  ["wirescope", "Wirescope capture, as it is"],
  ["ndjson", "NDJSON, for jq and programs"],
  ["har", "HAR, for browsers and HTTP tools"],
  ["pcapng", "pcapng, for Wireshark"],
  ["csv", "CSV, for spreadsheets"],
  ["parquet", "Parquet, for DuckDB and pandas"],
  ["http", ".http, to run again in an editor"],
  ["text", "Text, to read the messages"],
  ["bundle", "Bundle, to give to somebody else"],
];

/** Those whose name, verdict, file or day have every word of the search. */
export function searched(captures: readonly CaptureState[], search: string): CaptureState[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return captures.filter((capture) => {
    const text = [capture.name, capture.verdict, capture.file, day(capture.started)]
      .join(" ")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** What is lost with a capture. */
export function lossOf(capture: CaptureState): string {
  const messages = counted(capture.sent + capture.received, "message");
  const notes = capture.has_notes ? ", the notes and bookmarks beside them" : "";
  return `${counted(capture.last_seq, "event")} with ${messages}${notes} and what was found in them: ${bytesWith(capture.bytes)}, recorded ${day(capture.started)} ${clock(capture.started)}.`;
}

/** What is kept, and what is deleted without being asked. */
export function retentionOf(workspace: WorkspaceState): string {
  const { retention_days: days, retention_bytes: bytes } = workspace;
  if (days === null && bytes === null) {
    return "Captures are kept until you delete them. A limit in days or bytes can be set under retention in wirescope.yaml.";
  }
  const limits = [
    days !== null && `are older than ${counted(days, "day")}`,
    bytes !== null && `go beyond ${limitWith(bytes)} together, the oldest first`,
  ].filter(Boolean);
  return `Captures that ${limits.join(", or ")} are deleted by themselves; those with notes or bookmarks, and those being recorded, never are.`;
}

/** What the trash takes of the disk; empty when nothing is in it. */
export function trashOf({ trash_bytes: bytes = 0 }: WorkspaceState): string {
  return bytes > 0
    ? `What was deleted is in the trash, ${bytesWith(bytes)}, until newer things take its place.`
    : "";
}

/** "2 errors, 1 warning"; empty for none. */
export function findingsInWords(findings: Readonly<Record<string, number>>): string {
  const { error = 0, warning = 0, info = 0 } = findings;
  return [
    error > 0 && counted(error, "error"),
    warning > 0 && counted(warning, "warning"),
    info > 0 && counted(info, "piece of advice", "pieces of advice"),
  ]
    .filter(Boolean)
    .join(", ");
}
