// How large it is what would go out, in words: what is in it, and what its frames add to that.

import { count } from "../../base/format";
import type { Preview } from "../../protocol/generated";

/**
 * "18 B of content, 24 B with its frame header".
 *
 * `frames` is how many it goes out in; `compressed`, whether the connection deflates it.
 */
export function sizeSaid(
  { length, wire_length }: Pick<Preview, "length" | "wire_length">,
  frames: number,
  compressed: boolean,
): string {
  const content = length === 0 ? "No content" : `${count(length)} B of content`;
  if (wire_length < 0) return content; // through a data channel, whose cost is not known before
  const headers = frames > 1 ? "frame headers" : "frame header";
  const when = compressed ? ", before compression" : "";
  return `${content}, ${count(wire_length)} B with its ${headers}${when}`;
}
