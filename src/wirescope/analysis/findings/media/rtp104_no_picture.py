"""Video arrives, and not one frame of it was decoded.

## What it sees

More than a hundred packets of a stream of video came, and the statistics have no decoded frame.

## Why it matters

A decoder begins with a key frame. If none comes, or if there is no decoder for what was agreed on,
the picture stays black while data pours in.

## How to fix

See whether key frames are asked for (`pliCount` grows) and come (`keyFramesDecoded`): a server that
passes streams on has to pass these requests on, too, and an encoder has to heed them. See whether
this side has a decoder for the codec; H.264 is missing in some builds.

## References

RFC 4585 section 6.3.1 (PLI), W3C webrtc-stats section 8.3.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, call_rule

MANY_PACKETS = 100
"""A second of video or more, so that a key frame would have come."""


@call_rule(
    "RTP104",
    "Packets come, and no picture is made of them",
    "warning",
    Moment.CLOSED,
    Moment.END,
    page=__doc__,
)
def no_picture(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for video that came and was not decoded."""
    for stream in call.streams.values():
        packets = stream.number("packetsReceived")
        if stream.kind != "video" or packets < MANY_PACKETS:
            continue
        # what is received in order to be passed on or recorded is not decoded at all
        if "framesDecoded" not in stream.values or stream.number("framesDecoded"):
            continue
        asked = stream.number("pliCount")
        cause = (
            f"{packets:,.0f} packets of video came and no picture was decoded; a key frame was"
            f" asked for {asked:,.0f} times."
        )
        fix = (
            "See that requests for key frames reach the encoder, and that there is a decoder here."
        )
        yield Found(cause, fix, tuple(sorted({stream.first, stream.last})), about=str(stream.first))
