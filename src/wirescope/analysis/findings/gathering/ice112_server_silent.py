"""A server was asked over UDP and said nothing.

## What it sees

A server was asked for an address over UDP and gave none: the engine has given up (error 701), or
the time was over before it did, which takes it up to 40 s.

## Why it matters

Nobody refuses a datagram, so silence is all there is when a port is closed, a firewall drops UDP,
or the server is down. Until the engine gives up, gathering is not complete, and signaling that
waits for all addresses waits with it.

## How to fix

See that the server runs and that UDP gets in and out at its port, 3478 as a rule; firewalls often
have rules for TCP alone. Name the server over TCP or TLS as well, `turn:HOST:443?transport=tcp`:
that goes through where UDP does not.

## References

RFC 8489 section 6.2.1 (retransmissions), RFC 8656 section 3.1.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import (
    quoted,
    server_found,
    silent_found,
    unreached,
    would_be_heard,
)
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule

_FIX = "See that it runs and that UDP passes at its port; name it over TCP or TLS as well."


@call_rule("ICE112", "A STUN or TURN server does not answer", "warning", *AFTERWARDS, page=__doc__)
def server_silent(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for servers that said nothing over UDP."""
    if not failed_by(conversation, "no-relay"):
        report = call.paths.report()
        for server, said in unreached(call, "udp"):
            if not would_be_heard(report, server):
                continue  # its answer to the address that data takes gives none
            cause = f"{server.url} gave no answer over UDP{quoted(said)}."
            yield server_found(conversation, server, said, cause, _FIX)
    yield from silent_found(conversation, call, "udp", fix=_FIX)
