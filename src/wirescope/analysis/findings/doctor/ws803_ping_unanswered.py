"""A ping was not answered as the specification demands.

## What it sees

A ping came back late, not at all, or with another payload than it had.

## Why it matters

RFC 6455 section 5.5.2 asks for a pong as soon as is practical, with the ping's own payload. Clients
and gateways take a missing pong for a dead connection and hang up: users are thrown out although
nothing is wrong but this.

## How to fix

Let the WebSocket library answer: most do by themselves as long as their read loop runs, so look for
a handler that blocks it, and for a proxy that swallows control frames.

## References

RFC 6455 sections 5.5.2 (ping) and 5.5.3 (pong).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.doctor.examination import Examination, doctor_rule
from wirescope.analysis.findings.rule import Found


@doctor_rule("WS803", "Pings are not answered", "error", page=__doc__)
def ping_unanswered(examination: Examination) -> Iterator[Found]:
    """Compare pings with pongs."""
    seen = examination.pings
    if seen is None or not seen.sent or seen.answered == seen.sent or seen.closed:
        return
    if seen.wrong_payloads:
        yield Found(
            "The server's pongs do not carry the payload of the ping that they answer.",
            "Send the ping's payload back unchanged.",
            seen.evidence,
            about="payload",
        )
        return
    which = "no ping" if not seen.answered else f"only {seen.answered} of {seen.sent} pings"
    yield Found(
        f"The server answers {which}: there was no pong within {seen.waited_s:g} s.",
        "Let the WebSocket library answer pings, and look for a handler that blocks its read loop.",
        seen.evidence,
    )
