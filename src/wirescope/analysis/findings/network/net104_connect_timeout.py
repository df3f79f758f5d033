"""Nobody answered the attempt to connect.

## What it sees

The time for opening ran out while a name was looked up or a TCP connection was being made. Nobody
said no; nobody said anything.

## Why it matters

Silence is what a firewall makes that drops packets, a security group of a cloud without a rule for
this port, or a host that is switched off. A refusal (NET102) would have come from the host itself.

## How to fix

Check the address and the port. Allow the port in the firewall or the security group of the server,
and where this machine stands behind one, there as well. If the network is only slow, wait longer
with `--connect-timeout`.

## References

RFC 9293 section 3.8.1 (retransmission), curl's exit code 28.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("NET104", "No answer to the attempt to connect", "error", Moment.FAILED, page=__doc__)
def connect_timeout(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a time-out before there was a connection."""
    if failed_by(conversation, "timeout", phases=("dns", "tcp")):
        yield failure_found(conversation)
