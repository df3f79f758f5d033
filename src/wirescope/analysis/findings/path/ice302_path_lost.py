"""No path worked any more, and none was found again.

## What it sees

ICE was `disconnected` or `failed` after it had been connected, and stayed so: the other side's
consent ran out.

## Why it matters

The other side is gone without taking leave, or the network between the two is. From here that
cannot be told apart.

## How to fix

If the other side was still there, its network had changed: restart ICE, which needs signaling that
is still up. Keep the signaling open while a call lasts. If it had crashed or was switched off,
connect anew once it is back.

## References

RFC 7675 section 5.1 (consent), RFC 8445 section 9 (restart).
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import milliseconds
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule("ICE302", "The path was lost for good", "error", Moment.CLOSED, Moment.END, page=__doc__)
def path_lost(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a time without a path that has no end."""
    losses = call.paths.report().losses
    closed = conversation.closed
    by_leave = closed is not None and closed.cause != "ice"
    if not losses or losses[-1].until_ns is not None or by_leave:
        return
    loss = losses[-1]
    path = call.paths.report().path
    where = f" It was {path.words}." if path is not None else ""
    end = closed or conversation.last_event
    lasted = milliseconds(end.at_ns - loss.from_ns) if end is not None else "some time"
    cause = f"The path was lost and none was found again for {lasted}.{where}"
    fix = "Restart ICE over signaling that is still up; see whether the other side is still there."
    yield Found(cause, fix, tuple(sorted({loss.seq} | ({closed.seq} if closed else set()))))
