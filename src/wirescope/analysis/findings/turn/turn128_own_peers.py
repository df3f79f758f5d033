"""The server refuses to relay from one of its allocations to another one.

## What it sees

A permission for a relayed address of the same server was refused with 403. The relayed address is a
public one.

## Why it matters

Where both sides of a call can use only relayed candidates of this server, as behind firewalls that
block UDP, the call fails: relay to relay has no path.

## How to fix

Allow the server's own outer address as a peer: with coturn allowed-peer-ip, or no denied-peer-ip
that covers it.

## References

RFC 8656 section 10.2 (403); RFC 8445 section 5.1.1.2 (relayed candidates).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule
from wirescope.analysis.findings.turn.scopes import Scope


@server_rule("TURN128", "It does not relay to its own addresses", "warning", page=__doc__)
def own_peers(examination: ServerExamination) -> Iterator[Found]:
    """Take a 403 to a permission for the server's own relayed address."""
    refusal, seen = examination.own_peers_refused, examination.allocation
    if refusal is None or seen is None:
        return
    public = seen.scope is Scope.PUBLIC
    yield Found(
        f"The server does not relay to its own address {seen.relayed} ({refusal.code}), so two"
        " peers that can use nothing else find no path.",
        "Allow its outer address as a peer; coturn: allowed-peer-ip."
        if public
        else "On a server for tests on one machine, allow it; coturn: allow-loopback-peers or"
        " allowed-peer-ip. A public server is right to refuse such an address.",
        (refusal.evidence,),
        "warning" if public else "info",
    )
