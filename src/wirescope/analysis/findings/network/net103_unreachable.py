"""The host cannot be reached.

## What it sees

The operating system, or a router on the way, said that there is no way to the address: no route, no
address of that family on this machine, a firewall that says no, or too many open files. A Unix
socket that does not exist is among them.

## Why it matters

The attempt ended on the way. The server never heard of it, so its logs show nothing.

## How to fix

Check this machine's network and VPN: `ip route get ADDRESS`. If the address is IPv6 and the network
is not, use `-4`. "Too many open files" is a limit of this machine: raise it with `ulimit -n`, and
look for connections that are not closed.

## References

RFC 792 and RFC 4443 (destination unreachable), curl's exit code 7.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("NET103", "The host cannot be reached", "error", Moment.FAILED, page=__doc__)
def unreachable(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a way that the system says does not exist."""
    if failed_by(conversation, "unreachable", phases=("dns", "tcp")):
        yield failure_found(conversation)
