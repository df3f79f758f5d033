"""Closed after a silence that matches a gateway's limit.

## What it sees

The connection ended without a Close frame after a silence in both directions that is as long as a
limit that is known: 60 s are nginx's `proxy_read_timeout` and the idle limit of AWS load balancers,
100 s Cloudflare's, 350 s that of AWS network load balancers.

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

from wirescope.analysis.closing import known_limit, seconds
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS201", "Closed after a gateway's limit on silence", "error", Moment.CLOSED, page=__doc__)
def silence_limit(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Compare the silence before the end with the limits that are known."""
    last = conversation.last_frame
    if conversation.ending.close_received is not None or last is None:
        return
    silent_ns = event.at_ns - last.at_ns
    whose = known_limit(silent_ns / 1e9)
    if whose and silent_ns >= 5_000_000_000:
        yield Found(
            f"Nothing was sent for {seconds(silent_ns)}, then the connection ended without a Close"
            f" frame: that is {whose}.",
            "Send a heartbeat, such as a ping, twice as often as that, or raise the limit.",
            (last.seq, event.seq),
        )
