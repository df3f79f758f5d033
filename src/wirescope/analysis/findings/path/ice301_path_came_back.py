"""For a time no path worked, and then one did again.

## What it sees

ICE was `disconnected` or `failed` after it had been connected, and connected again later.

## Why it matters

Meanwhile nothing arrived: sound and picture stood still, messages waited. What was sent unreliably
then is gone. It is what a change from WLAN to mobile looks like, a NAT that forgot, or a link that
stood still.

## How to fix

Look at what happened at this time: a change of network, a machine that slept, a link that was full.
If it lasts longer than a few seconds, restart ICE as soon as it is `disconnected` instead of
waiting for `failed`. Where NATs forget quickly, media or messages every 15 s keep the way open.

## References

RFC 7675 section 5.1 (consent), RFC 8445 section 9 (restart), RFC 4787 section 4.3.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import milliseconds
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "ICE301", "The path was lost and came back", "warning", Moment.CLOSED, Moment.END, page=__doc__
)
def path_came_back(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for times without a path that ended."""
    for loss in call.paths.report().losses:
        if loss.until_ns is None:
            continue
        lasted = milliseconds(loss.until_ns - loss.from_ns)
        gave_up = "; ICE had given up and was restarted" if loss.failed else ""
        cause = f"No path worked for {lasted}, and then one did again{gave_up}."
        fix = "See what the network did at this time; restart ICE as soon as it is disconnected."
        yield Found(cause, fix, (loss.seq, loss.until_seq), about=str(loss.seq))
