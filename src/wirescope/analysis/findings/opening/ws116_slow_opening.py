"""The connection took long to open.

## What it sees

From the first step to the open connection it took a second or more. The finding has the time of
each step and names the slowest.

## Why it matters

Users wait for it at every start and after every loss of the connection. Which step is slow tells
whose it is: `dns` the name server's, `tcp` the distance's, `proxy` the proxy's, `tls` the
distance's or the certificate's, `upgrade` the server's own.

## How to fix

dns: keep the name in a cache or ask a nearer name server. tcp and tls: bring the end of TLS nearer
to the users; TLS 1.3 saves a round trip, and so does a short chain of certificates. upgrade: see
what the server does before it answers, such as looking up a session; let it answer first and do
that after.

## References

RFC 6455 section 4, RFC 8446 section 2 (round trips), RFC 8305 (attempts side by side).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import seconds
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event

_SLOW_NS = 1_000_000_000

_REMEDIES = {
    "dns": "Use a nearer or caching name server.",
    "tcp": "The distance or a firewall costs that; bring the server nearer, check -4 and -6.",
    "proxy": "The proxy, or its way to the server, is slow; try without it.",
    "tls": "Bring the end of TLS nearer, use TLS 1.3 and a short chain of certificates.",
    "upgrade": "See what the server does before it answers, and let it do that after.",
}


@rule("WS116", "Slow to open", "info", Moment.OPENED, page=__doc__)
def slow_opening(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Add the steps up, and name the slowest."""
    phases = conversation.phases
    took_ns = sum(phase.duration_ns for phase in phases)
    if took_ns < _SLOW_NS:
        return
    slowest = max(phases, key=lambda phase: phase.duration_ns)
    steps = ", ".join(f"{phase.name} {seconds(phase.duration_ns)}" for phase in phases)
    yield Found(
        f"It took {seconds(took_ns)} to open, most of it in the step {slowest.name}: {steps}.",
        _REMEDIES.get(slowest.name, "See what that step waits for."),
        tuple(phase.seq for phase in phases),
    )
