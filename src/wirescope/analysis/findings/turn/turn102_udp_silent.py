"""Nothing comes back over UDP, and there is no other way to the server.

## What it sees

A Binding request was sent over UDP, again and again, and no answer came; no other transport that
was tried works, either.

## Why it matters

A firewall that drops UDP, a server that is down and a wrong address all look like this. Without an
answer a browser gets neither a reflexive nor a relayed candidate.

## How to fix

Check that the server runs and listens to UDP on this port, then that the firewalls before it and
here let UDP through in both directions. Where UDP is not to be had, add TURN over TCP or TLS.

## References

RFC 8489 section 6.2.1 (retransmissions); RFC 8656 section 3.1 (transports).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN102", "UDP is not answered", "error", page=__doc__)
def udp_silent(examination: ServerExamination) -> Iterator[Found]:
    """Take UDP's silence, where nothing else works."""
    silent = examination.problems("timeout")
    others = [each for way, each in silent if way.transport != "udp" and each.phase == "tcp"]
    for way, problem in silent:
        if way.transport != "udp" or way.elsewhere:
            continue
        port = examination.url.partition(":")[2].partition("?")[0]
        yield Found(
            f"Neither UDP nor TCP to {port} is answered." if others else problem.message,
            "See that the server runs and that firewalls let this port through; for networks that"
            " let out no more than HTTPS, offer it over TLS on port 443, as turns:."
            if others
            else "See that the server runs and that firewalls let UDP to this port and back; where"
            " they cannot, reach the server over TCP or TLS.",
            (problem.evidence, *(each.evidence for each in others)),
        )
