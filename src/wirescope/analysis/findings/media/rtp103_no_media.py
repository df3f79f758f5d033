"""The connection stands, something was to be received, and nothing came.

## What it sees

Both descriptions say that the other side sends audio or video, the connection stood for more than
five seconds, and not one packet of it came.

## Why it matters

The way works, or there would be no connection. So the other side sends nothing: a track that was
never added or has ended, a publisher that is not there, a camera that is not allowed.

## How to fix

See the other side's `outbound-rtp`: whether `packetsSent` grows. Whether a WHEP server has a
publisher at all. A track that is muted still sends, silence or black pictures; one that has ended
does not.

## References

W3C webrtc-stats section 8.3, W3C mediacapture-streams section 4.3.1.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import milliseconds
from wirescope.analysis.findings.rule import Found, Moment, call_rule

ENOUGH_NS = 5_000_000_000
"""A sender begins as soon as the connection stands; a camera takes a second or two."""


def expected(call: Call) -> set[str]:
    """Name the kinds of media that the other side is to send."""
    both = call.agreement.both
    kinds: set[str] = set()
    for offered, answered in call.agreement.pairs:
        sender, receiver = offered, answered
        if both is not None and both[0].side == "local":
            sender, receiver = answered, offered
        if sender.sends and receiver.receives and not answered.is_rejected:
            kinds.add(sender.kind)
    return kinds & {"audio", "video"}


@call_rule(
    "RTP103", "Connected, and no media came", "warning", Moment.CLOSED, Moment.END, page=__doc__
)
def no_media(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for media that were agreed on and did not come."""
    opened, last = conversation.opened, conversation.closed or conversation.last_event
    both = call.agreement.both
    if opened is None or last is None or both is None or last.at_ns - opened.at_ns < ENOUGH_NS:
        return
    came = {each.kind for each in call.streams.values() if each.number("packetsReceived")}
    if not came and any(each.name == "first-media" for each in conversation.phases):
        return  # without statistics it is not known which of them came
    # a restart or a new offer may have asked for it a moment ago
    settled = last.at_ns - both[1].at_ns >= ENOUGH_NS
    kinds = sorted(expected(call) - came) if settled else []
    if kinds:
        stood = milliseconds(last.at_ns - opened.at_ns)
        cause = (
            f"No packet of {' or '.join(kinds)} came in {stood}, though the other side is to send."
        )
        fix = "See whether the other side has a track that sends: its outbound-rtp, packetsSent."
        yield Found(cause, fix, tuple(sorted({both[0].seq, both[1].seq, opened.seq})))
