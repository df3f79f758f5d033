"""The server relays to private, loopback or link-local addresses.

## What it sees

The server was named as the user's own, so it was asked for permissions to send to addresses inside.
It granted some.

## Why it matters

Who has credentials, and pages give them to everyone, can reach through the server what only the
server can reach: its own services, databases beside it, the metadata of a cloud with its keys.

## How to fix

Deny them: with coturn denied-peer-ip for 0.0.0.0/8, 10/8, 100.64/10, 127/8, 169.254/16, 172.16/12,
192.168/16 and their like in IPv6, no allow-loopback-peers, no-multicast-peers.

## References

RFC 8656 section 21.1.4 and 21.2 (what an attacker can reach).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN127", "It relays to addresses inside", "error", page=__doc__)
def relays_inside(examination: ServerExamination) -> Iterator[Found]:
    """List the addresses for which a permission was granted."""
    granted = [each for each in examination.peers if each.granted]
    if granted:
        listed = ", ".join(f"{each.address} ({each.what})" for each in granted[:4])
        more = f" and {len(granted) - 4} more" if len(granted) > 4 else ""
        yield Found(
            f"The server relays to addresses inside: {listed}{more}.",
            "Deny them; coturn: denied-peer-ip for each range, and no allow-loopback-peers.",
            tuple(each.evidence for each in granted),
        )
