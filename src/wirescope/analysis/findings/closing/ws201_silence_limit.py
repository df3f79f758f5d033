"""Closed after a silence that looks like a gateway's limit.

## What it sees

The connection ended without a Close frame after a silence in both directions that is as long as a
limit that is known: 60 s are nginx's `proxy_read_timeout` and the idle limit of AWS application
load balancers, 100 s Cloudflare's, 350 s that of AWS network load balancers. Then it is an error.
After any other silence of a multiple of five seconds, as people write limits, it is a warning: a
crash at that very moment would look the same, but is not likely.

## Why it matters

Server and client are both in order, and it will happen again at every pause of that length. Users
see it as "the connection drops when I do nothing".

## How to fix

Send something more often than the limit; a ping (RFC 6455 section 5.5.2) from either end is enough,
and half the limit is usual. Or raise the limit at the gateway: `proxy_read_timeout` in nginx,
`timeout tunnel` in HAProxy, the idle time-out of the load balancer.

## References

RFC 6455 section 5.5.2 (ping) and section 7.1.5 (the close code 1006).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import Manner, known_limit
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event, Severity


@rule("WS201", "Closed after a limit on silence", "error", Moment.CLOSED, page=__doc__)
def silence_limit(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Compare the silence before the end with the limits that are known."""
    if conversation.manner is not Manner.SILENCE:
        return
    known = known_limit(conversation.filled_ending.silent_ns / 1e9)
    severity: Severity = "error" if known else "warning"
    yield end_found(conversation, conversation.last_frame, severity=severity)
