"""The name of the host does not resolve.

## What it sees

Connecting failed at its first step: this machine can find no IP address for the name in the URL, or
no name server answered.

## Why it matters

Nothing was sent to anybody. Whatever the server does is beside the point until its name is known
here.

## How to fix

Check the spelling first. Then ask the name server: `getent hosts NAME`. Names that only exist
inside a company, a VPN or a container network resolve only from there. To go on without the name
server, give the address: `--resolve HOST:PORT:ADDRESS`. If `-4` or `-6` is set, the host may have
addresses of the other kind only.

## References

RFC 1034 (names), RFC 6724 (which address is taken), curl's exit code 6.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("NET101", "The name does not resolve", "error", Moment.FAILED, page=__doc__)
def unresolved(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a failed look-up of the server's own name."""
    if failed_by(conversation, "resolve", phases=("dns",)):
        yield failure_found(conversation)
