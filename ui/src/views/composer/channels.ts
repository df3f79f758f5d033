// What the composer sends through a data channel: whole messages, on a channel that there is.

import { without } from "../../base/records";
import type { Outgoing, SessionChannel } from "../../protocol/generated";

/** Something to send as a channel can carry it; a channel that is gone leaves the choice open. */
export function forChannel(
  outgoing: Outgoing,
  channels: readonly Pick<SessionChannel, "key">[],
): Outgoing {
  const isThere = channels.some((one) => one.key === outgoing.channel);
  const isWhole = outgoing.opcode == null && (outgoing.fragments ?? 1) === 1;
  if (isWhole && (isThere || outgoing.channel === undefined)) return outgoing;
  const { form = "text", body = "", binary = null, channel } = outgoing;
  const whole: Outgoing = isWhole ? outgoing : { form, body, binary };
  if (isThere && channel !== undefined) return { ...whole, channel };
  return without({ ...whole }, "channel") as Outgoing;
}

/** What a channel is called in a list. */
export function nameOf(channel: Pick<SessionChannel, "key" | "label" | "id">): string {
  return channel.label || (channel.id < 0 ? channel.key : `id ${channel.id}`);
}
