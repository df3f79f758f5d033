"""This end has so many addresses that checking them takes long.

## What it sees

This end told more than twelve addresses of its own over UDP; or no path was found, and among its
addresses are some of a VPN or of a bridge to containers.

## Why it matters

Each address of one side is checked with each of the other, one pair every 50 ms, so that twenty by
twenty take 20 s if the right one comes last. Addresses of a bridge to containers lead nowhere from
outside, and a path through a VPN is longer than one beside it.

## How to fix

Leave out interfaces that no peer can reach; engines of browsers have no option for that, servers
usually have (`ice interface` or `candidate filter`). Close the VPN to see what it changes.

## References

RFC 8445 sections 5.1.1.1 and 6.1.4.2, RFC 8421.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import failed_for_want_of_path
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule

MANY = 12
"""Twelve by twelve pairs are checked in 7.2 s, one each 50 ms (RFC 8445 section 14.2)."""

_OVER = {"vpn": "VPN", "bridge": "bridge to containers"}


@call_rule("ICE116", "Many addresses to try", "info", *AFTERWARDS, page=__doc__)
def too_many_addresses(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for many addresses of this end, and for those that lead nowhere."""
    hosts = [each for each in call.paths.report().of("local", "host") if each.protocol == "udp"]
    special = [each for each in hosts if each.over]
    if len(hosts) > MANY or (special and failed_for_want_of_path(conversation)):
        names = [f"{each.address} of a {_OVER[each.over]}" for each in special[:4]]
        among = f", among them {', '.join(names)}" if names else ""
        plural = "" if len(hosts) == 1 else "es"
        cause = f"This end tries {len(hosts)} address{plural} of its own over UDP{among}."
        fix = "Leave out interfaces that no peer can reach."
        yield Found(cause, fix, tuple(sorted(each.seq for each in (special or hosts)[:10])))
