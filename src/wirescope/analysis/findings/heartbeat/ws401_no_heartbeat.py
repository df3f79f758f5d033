"""No heartbeat, and long silences.

## What it sees

Neither end sends pings, nor small messages at a regular period, and for half a minute or more
nothing passed in either direction. From 50 seconds on it is a warning: common limits of gateways
begin at 55 and 60 seconds; between two programs of one machine there is no gateway, so there it
stays information. Where pings were not recorded, as in the HAR of a browser, nothing is
said.

## Why it matters

A gateway, a load balancer or an address translator that sees nothing forgets the connection, and
neither end is told. A peer that is gone is noticed only at the next thing sent, minutes later.

## How to fix

Send pings, or a small message, about every 20 seconds from one end. Most server libraries do so
by a setting: `ping_interval` in `websockets`, `heartbeat` in aiohttp, a timer with `ws.ping()` in
`ws`. A page in a browser cannot send pings, so there the server does it.

## References

RFC 6455 section 5.5.2 (ping).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import seconds
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.places import is_this_machine, scheme_and_host
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event

NOTICED_NS = 30_000_000_000
"""The shortest default limit of gateways that is in wide use."""

DANGEROUS_NS = 50_000_000_000
"""A little below 55 and 60 seconds, where Heroku, nginx and many load balancers give up."""


@rule("WS401", "No heartbeat", "info", Moment.CLOSED, Moment.END, page=__doc__)
def no_heartbeat(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Look for a heartbeat where there were long silences."""
    pings, silence = conversation.pings, conversation.silence
    if pings.sent + pings.received > 1 or silence.ns < NOTICED_NS or conversation.lacks_frames:
        return  # there may have been pings
    local = is_this_machine(scheme_and_host(conversation.url)[1])
    if not conversation.content.heartbeats and not conversation.content.gave_up:
        yield Found(
            f"Nothing passed for {seconds(silence.ns)}, and neither end sends a heartbeat.",
            "Send a ping, or a small message, about every 20 s from one end.",
            (silence.before, silence.after),
            "warning" if silence.ns >= DANGEROUS_NS and not local else "info",
        )
